/** What was not clean about the file, in one quiet line: opened where there is more, and put away when read. */

import React, { useState } from 'react';

import type { IDataset } from '../../types';
import type { ILocaleProps } from '../props';
import { numberFormat } from '../shared/format';
import { otherSheets } from './sheets';

export function ImportNotices(
  props: ILocaleProps & {
    dataset: IDataset;
    /** Whether another sheet of a workbook can be chosen here. */
    hasSheets: boolean;
  }
): React.ReactElement | null {
  const { dataset, hasSheets, trans, languageCode } = props;
  // What was read once is put away; another content may bring it back.
  const [readOf, setReadOf] = useState<string | null>(null);
  const [isOpen, setOpen] = useState(false);
  const notices = noticesOf(dataset, hasSheets, trans);
  const key = JSON.stringify([dataset.content_sha256, notices]);
  if (notices.length === 0 || readOf === key) {
    return null;
  }
  const [first, ...others] = notices;
  const more = numberFormat(languageCode).format(others.length);
  return (
    <section
      className="jp-Insights-notices"
      aria-label={trans.__('How the file was read')}
    >
      {isOpen ? (
        <ul>
          {notices.map((notice, index) => (
            <li key={index}>{notice}</li>
          ))}
        </ul>
      ) : (
        <p title={first}>{first}</p>
      )}
      {others.length > 0 && (
        <button
          className="jp-Insights-button"
          aria-expanded={isOpen}
          onClick={() => {
            setOpen(!isOpen);
          }}
        >
          {isOpen ? trans.__('Less') : trans.__('%1 more', more)}
        </button>
      )}
      <button
        className="jp-Insights-button"
        aria-label={trans.__('Dismiss')}
        title={trans.__('Dismiss')}
        onClick={() => {
          setReadOf(key);
        }}
      >
        ×
      </button>
    </section>
  );
}

/** The sentences of the import, and how another sheet is read where it cannot be chosen. */
export function noticesOf(
  dataset: IDataset,
  hasSheets: boolean,
  trans: ILocaleProps['trans']
): readonly string[] {
  // What a kernel of an older version tells has no such field.
  const warnings = (dataset.warnings as string[] | undefined) ?? [];
  const others = otherSheets(dataset);
  if (others.length === 0 || hasSheets) {
    return warnings;
  }
  const how = `%insight upload FILE --sheet ${quoted(others[0])} --name NAME`;
  return [...warnings, trans.__('Another sheet is read with: %1', how)];
}

function quoted(text: string): string {
  return /^[\w.-]+$/.test(text) ? text : `"${text}"`;
}
