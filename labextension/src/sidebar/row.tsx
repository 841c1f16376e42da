/** One dataset in the list: its name, its measures, its state, and a menu of what can be done with it. */

import React, { useState } from 'react';

import type { DatasetState, IDataset } from '../types';
import type { ILocaleProps } from '../views/props';
import { formatBytes, numberFormat } from '../views/shared/format';
import { Popover } from '../views/shared/popover';

/** What a row can be asked to do. */
export interface IRowActions {
  open: (name: string) => void;
  rename: (name: string) => void;
  replace: (name: string) => void;
  delete: (name: string) => void;
}

export function DatasetRow(
  props: ILocaleProps & {
    dataset: IDataset;
    isSelected: boolean;
    onSelect: (name: string) => void;
    actions: IRowActions;
  }
): React.ReactElement {
  const { dataset, isSelected, onSelect, actions, trans } = props;
  const { name, state } = dataset;
  const [menu, setMenu] = useState<{ x: number; y: number } | null>(null);
  const message = state === 'failed' ? dataset.error?.message : undefined;
  const onKeyDown = (event: React.KeyboardEvent<HTMLElement>) => {
    const { key, currentTarget } = event;
    if (key === 'Enter') {
      event.preventDefault();
      actions.open(name);
    } else if (key === 'ArrowDown' || key === 'ArrowUp') {
      event.preventDefault();
      moveFocus(currentTarget, key === 'ArrowDown' ? 1 : -1);
    } else if (key === 'Delete') {
      actions.delete(name);
    } else if (key === 'F2') {
      actions.rename(name);
    }
  };
  return (
    <li
      className="jp-Insights-row"
      data-state={state}
      data-selected={isSelected || undefined}
      onContextMenu={event => {
        event.preventDefault();
        event.stopPropagation();
        onSelect(name);
        setMenu({ x: event.clientX, y: event.clientY });
      }}
    >
      <button
        className="jp-Insights-row-main"
        title={trans.__('Double-click or press Enter to open')}
        onFocus={() => {
          onSelect(name);
        }}
        onDoubleClick={() => {
          actions.open(name);
        }}
        onKeyDown={onKeyDown}
      >
        <span className="jp-Insights-name">{name}</span>
        {state !== 'completed' && (
          <span className="jp-Insights-state">{stateLabel(state, trans)}</span>
        )}
        <Measures {...props} />
        {typeof message === 'string' && (
          <span className="jp-Insights-reason">{message}</span>
        )}
      </button>
      <button
        className="jp-Insights-button jp-Insights-row-menu"
        aria-label={trans.__('Actions for %1', name)}
        aria-haspopup="dialog"
        onClick={event => {
          const { left, bottom } = event.currentTarget.getBoundingClientRect();
          setMenu({ x: left, y: bottom });
        }}
      >
        ⋯
      </button>
      {state === 'failed' && (
        <div className="jp-Insights-buttons jp-Insights-row-ways">
          <button
            className="jp-Insights-button"
            onClick={() => {
              actions.replace(name);
            }}
          >
            {trans.__('Another file…')}
          </button>
          <button
            className="jp-Insights-button"
            aria-label={trans.__('Remove %1', name)}
            onClick={() => {
              actions.delete(name);
            }}
          >
            {trans.__('Remove')}
          </button>
        </div>
      )}
      {menu && (
        <RowMenu
          {...props}
          at={menu}
          onClose={() => {
            setMenu(null);
          }}
        />
      )}
    </li>
  );
}

/** `1,500 rows · 12 columns · 3.2 MB` */
function Measures(
  props: ILocaleProps & { dataset: IDataset }
): React.ReactElement {
  const { dataset, trans, languageCode } = props;
  const { row_count: rows, column_count: columns } = dataset;
  const { size_bytes: size } = dataset;
  const format = numberFormat(languageCode);
  return (
    <span className="jp-Insights-measures">
      {rows !== null && (
        <span>
          <span className="jp-Insights-number">{format.format(rows)}</span>{' '}
          {trans._n('row', 'rows', rows)}
        </span>
      )}
      {columns !== null && (
        <span>
          <span className="jp-Insights-number">{format.format(columns)}</span>{' '}
          {trans._n('column', 'columns', columns)}
        </span>
      )}
      {size !== null && <span>{formatBytes(size, languageCode)}</span>}
    </span>
  );
}

function RowMenu(
  props: Parameters<typeof DatasetRow>[0] & {
    at: { x: number; y: number };
    onClose: () => void;
  }
): React.ReactElement {
  const { dataset, actions, trans, at, onClose } = props;
  const { name, state } = dataset;
  const items: [string, (name: string) => void, boolean][] = [
    [trans.__('Open'), actions.open, state === 'completed'],
    [trans.__('Rename…'), actions.rename, state === 'completed'],
    [trans.__('Replace…'), actions.replace, true],
    [trans.__('Delete'), actions.delete, true]
  ];
  return (
    <Popover
      label={trans.__('Actions for %1', name)}
      at={at}
      className="jp-Insights-row-actions"
      onClose={onClose}
    >
      {items.map(([label, action, isPossible]) => (
        <button
          key={label}
          className="jp-Insights-button"
          disabled={!isPossible}
          onClick={() => {
            onClose();
            action(name);
          }}
        >
          {label}
        </button>
      ))}
    </Popover>
  );
}

function stateLabel(state: DatasetState, trans: ILocaleProps['trans']): string {
  switch (state) {
    case 'pending':
      return trans.__('Pending');
    case 'processing':
      return trans.__('Processing');
    case 'completed':
      return trans.__('Completed');
    case 'failed':
      return trans.__('Failed');
  }
}

/** Give the focus to the row above or below. */
function moveFocus(from: HTMLElement, step: number): void {
  const list = from.closest('ul');
  const rows = [
    ...(list?.querySelectorAll<HTMLElement>('.jp-Insights-row-main') ?? [])
  ];
  rows.at(rows.indexOf(from) + step)?.focus();
}
