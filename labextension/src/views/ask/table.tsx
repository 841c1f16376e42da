/** The rows of a result. */

import React from 'react';

import type { IColumn } from '../../types';
import { formatRows, numberFormat } from '../shared/format';
import type { ILocaleProps } from '../props';
import { cellFormat, isNumeric } from './cells';

const FIRST_ROWS = 10;

/** A text of more characters may be cut off by the width of its column. */
const LONG_TEXT = 40;

export function ResultTable(
  props: ILocaleProps & {
    columns: readonly IColumn[];
    rows: readonly (readonly unknown[])[];
    totalRows: number;
    label: string;
  }
): React.ReactElement {
  const { columns, rows, totalRows, label, trans, languageCode } = props;
  const [isWhole, setWhole] = React.useState(false);
  const shown = isWhole ? rows : rows.slice(0, FIRST_ROWS);
  const formats = React.useMemo(
    () =>
      columns.map((column, index) =>
        cellFormat(
          column,
          rows.map(row => row[index]),
          languageCode
        )
      ),
    [columns, rows, languageCode]
  );
  const numeric = columns.map(isNumeric);
  return (
    <div className="jp-InsightsAsk-result">
      <div
        className="jp-InsightsAsk-scroll"
        role="region"
        aria-label={label}
        tabIndex={0}
      >
        <table className="jp-InsightsAsk-table">
          <thead>
            <tr>
              {columns.map((column, index) => (
                <th
                  key={index}
                  scope="col"
                  data-numeric={numeric[index] || undefined}
                  title={column.type}
                >
                  {column.name}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {shown.map((row, place) => (
              <tr key={place}>
                {row.map((value, index) => (
                  <td
                    key={index}
                    data-numeric={numeric[index] || undefined}
                    title={long(value)}
                  >
                    {value === null ? (
                      <span className="jp-InsightsAsk-null">
                        {trans.__('null')}
                      </span>
                    ) : (
                      formats[index](value)
                    )}
                  </td>
                ))}
              </tr>
            ))}
          </tbody>
        </table>
      </div>
      <p className="jp-InsightsAsk-count">
        <span>
          {shown.length < totalRows
            ? trans.__(
                '%1 of %2',
                numberFormat(languageCode).format(shown.length),
                formatRows(totalRows, trans, languageCode)
              )
            : formatRows(totalRows, trans, languageCode)}
        </span>
        {rows.length > FIRST_ROWS && (
          <button
            type="button"
            className="jp-InsightsAsk-link"
            aria-expanded={isWhole}
            onClick={() => {
              setWhole(!isWhole);
            }}
          >
            {isWhole
              ? trans.__('Show fewer')
              : rows.length < totalRows
                ? trans.__(
                    'Show the first %1',
                    formatRows(rows.length, trans, languageCode)
                  )
                : trans.__('Show all')}
          </button>
        )}
      </p>
    </div>
  );
}

/** The whole of a text that its cell may cut off. */
function long(value: unknown): string | undefined {
  return typeof value === 'string' && value.length > LONG_TEXT
    ? value
    : undefined;
}
