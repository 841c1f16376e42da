/** Which columns are shown: a searchable list with a box for each. */

import React, { useState } from 'react';

import type { IColumn } from '../../types';
import type { ILocaleProps } from '../props';
import { Popover } from '../shared/popover';

export function ColumnChooser(
  props: ILocaleProps & {
    columns: readonly IColumn[];
    hidden: ReadonlySet<string>;
    at: { x: number; y: number };
    onHidden: (hidden: ReadonlySet<string>) => void;
    onGo: (column: string) => void;
    onClose: () => void;
  }
): React.ReactElement {
  const { columns, hidden, at, trans, onHidden, onGo, onClose } = props;
  const [search, setSearch] = useState('');
  const wanted = search.toLowerCase();
  const found = columns.filter(({ name }) =>
    name.toLowerCase().includes(wanted)
  );
  const set = (names: readonly string[], isShown: boolean) => {
    const next = new Set(hidden);
    for (const name of names) {
      if (isShown) {
        next.delete(name);
      } else {
        next.add(name);
      }
    }
    if (next.size < columns.length) {
      onHidden(next);
    }
  };
  const all = found.map(({ name }) => name);
  return (
    <Popover
      label={trans.__('Columns')}
      at={at}
      className="jp-Insights-chooser"
      onClose={onClose}
    >
      <input
        className="jp-Insights-input"
        type="search"
        aria-label={trans.__('Search columns')}
        placeholder={trans.__('Search columns')}
        value={search}
        onChange={event => {
          setSearch(event.target.value);
        }}
      />
      <div className="jp-Insights-buttons">
        <button
          className="jp-Insights-button"
          onClick={() => {
            set(all, true);
          }}
        >
          {trans.__('Show all')}
        </button>
        <button
          className="jp-Insights-button"
          onClick={() => {
            // The last column stays: a grid without any has nothing to click on.
            set(all.length === columns.length ? all.slice(1) : all, false);
          }}
        >
          {trans.__('Hide all')}
        </button>
      </div>
      <ul className="jp-Insights-checks">
        {found.map(({ name, type }) => (
          <li key={name}>
            <label className="jp-Insights-check">
              <input
                type="checkbox"
                checked={!hidden.has(name)}
                onChange={event => {
                  set([name], event.target.checked);
                }}
              />
              <span className="jp-Insights-check-name">{name}</span>
              <span className="jp-Insights-quiet">{type.toLowerCase()}</span>
            </label>
            <button
              className="jp-Insights-button"
              disabled={hidden.has(name)}
              aria-label={trans.__('Go to column %1', name)}
              title={trans.__('Go to this column')}
              onClick={() => {
                onGo(name);
                onClose();
              }}
            >
              →
            </button>
          </li>
        ))}
      </ul>
      {found.length === 0 && (
        <p className="jp-Insights-quiet">{trans.__('No such column')}</p>
      )}
    </Popover>
  );
}
