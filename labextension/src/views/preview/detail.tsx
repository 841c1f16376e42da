/** The whole of one cell, below the grid: long texts with their line breaks, nested values laid out. */

import React, { useEffect, useRef } from 'react';

import type { IViewHost } from '../host';
import type { ILocaleProps } from '../props';
import { fullText } from '../shared/cells';
import { numberFormat } from '../shared/format';

/** As it is written everywhere, in any language. */
const NULL = 'null';

export interface ICell {
  row: number;
  column: string;
  type: string;
  value: unknown;
}

export function CellDetail(
  props: ILocaleProps & {
    cell: ICell;
    host: IViewHost;
    onClose: () => void;
  }
): React.ReactElement {
  const { cell, trans, languageCode, host, onClose } = props;
  const close = useRef<HTMLButtonElement>(null);
  useEffect(() => {
    close.current?.focus();
  }, [cell]);
  const row = numberFormat(languageCode).format(cell.row + 1);
  const label = trans.__('%1 in row %2', cell.column, row);
  const text = fullText(cell.value);
  return (
    <section
      className="jp-Insights-detail"
      aria-label={label}
      onKeyDown={event => {
        if (event.key === 'Escape') {
          event.stopPropagation();
          onClose();
        }
      }}
    >
      <header>
        <strong title={label}>{label}</strong>
        <span className="jp-Insights-quiet">{cell.type.toLowerCase()}</span>
        <button
          className="jp-Insights-button"
          onClick={() => {
            void host.copy(text);
          }}
        >
          {trans.__('Copy')}
        </button>
        <button ref={close} className="jp-Insights-button" onClick={onClose}>
          {trans.__('Close')}
        </button>
      </header>
      {cell.value === null ? (
        <p className="jp-Insights-quiet">{NULL}</p>
      ) : text === '' ? (
        <p className="jp-Insights-quiet">{trans.__('(empty text)')}</p>
      ) : (
        <pre tabIndex={0} aria-label={label} dir="auto">
          {text}
        </pre>
      )}
    </section>
  );
}
