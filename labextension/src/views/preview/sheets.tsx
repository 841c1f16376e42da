/** The sheets of a workbook: which one is shown, and the way to another. */

import React, { useState } from 'react';

import type { IDataset } from '../../types';
import type { ILocaleProps } from '../props';

/** A choice of sheets; nothing where there is one only, or where no other can be read. */
export function SheetChoice(
  props: Pick<ILocaleProps, 'trans'> & {
    dataset: IDataset;
    /** Read another sheet in the place of this one. */
    onSheet: ((sheet: string | number) => Promise<void>) | undefined;
    onError: (reason: unknown) => void;
  }
): React.ReactElement | null {
  const { dataset, trans, onSheet, onError } = props;
  const [wanted, setWanted] = useState<string | null>(null);
  if (onSheet === undefined || otherSheets(dataset).length === 0) {
    return null;
  }
  const { sheets, sheet } = dataset.metadata;
  return (
    <label className="jp-Insights-sheet">
      {wanted === null ? trans.__('Sheet') : trans.__('Reading sheet')}
      <select
        className="jp-Insights-input"
        value={wanted ?? sheet ?? undefined}
        disabled={wanted !== null}
        onChange={event => {
          const name = event.target.value;
          setWanted(name);
          onSheet(sheetOption(sheets ?? [], name))
            .catch(onError)
            .finally(() => {
              setWanted(null);
            });
        }}
      >
        {(sheets ?? []).map(each => (
          <option key={each} value={each}>
            {each}
          </option>
        ))}
      </select>
    </label>
  );
}

/** The sheets of the workbook that were not read. */
export function otherSheets(dataset: IDataset): readonly string[] {
  // What a kernel of an older version tells has no such field.
  const metadata = dataset.metadata as IDataset['metadata'] | undefined;
  return (metadata?.sheets ?? []).filter(each => each !== metadata?.sheet);
}

/** A sheet as the option `sheet` takes it: digits would be a position, so a name of digits is given as its own. */
export function sheetOption(
  sheets: readonly string[],
  name: string
): string | number {
  return /^\d+$/.test(name) ? sheets.indexOf(name) : name;
}
