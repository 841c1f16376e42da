/** One dataset with its views as tabs; what a bar of the profile picks is what the preview shows. */

import React, { useCallback, useRef, useState } from 'react';

import type { IAnswer, IFilter } from '../types';
import { AskView } from './ask';
import type { ViewName } from './host';
import { PreviewView } from './preview';
import { ProfileView } from './profile';
import type { IDatasetViewProps, IRowLayout } from './props';

export interface IDatasetTabsProps extends IDatasetViewProps {
  /** The view shown; owned outside, for it is part of a layout that is restored. */
  view: ViewName;
  onView: (view: ViewName) => void;
  filters?: readonly IFilter[];
  onFilters?: (filters: readonly IFilter[]) => void;
  rows?: IRowLayout;
  onRows?: (rows: IRowLayout) => void;
  onSelection?: (rows: readonly number[]) => void;
  onRefresh?: () => void;
  onSheet?: (sheet: string | number) => Promise<void>;
  /** Ids of answers with which the conversation goes on. */
  answers?: readonly string[];
  onAnswers?: (ids: readonly string[]) => void;
  onAnswer?: (answer: IAnswer) => void;
}

export function DatasetTabs(props: IDatasetTabsProps): React.ReactElement {
  const { view, onView, trans, dataset } = props;
  const [ownFilters, setOwnFilters] = useState<readonly IFilter[]>([]);
  const filters = props.filters ?? ownFilters;
  const onFilters = props.onFilters ?? setOwnFilters;
  // A view is made when it is first looked at, and kept: its scroll position and its answers stay.
  const seen = useRef(new Set<ViewName>());
  seen.current.add(view);
  const tabs: [ViewName, string][] = [
    ['preview', trans.__('Preview')],
    ['profile', trans.__('Profile')],
    ['ask', trans.__('Ask')]
  ];
  const showRows = useCallback(
    (next: readonly IFilter[]) => {
      const names = new Set(next.map(({ column }) => column));
      const others = filters.filter(({ column }) => !names.has(column));
      onFilters([...others, ...next]);
      onView('preview');
    },
    [filters, onFilters, onView]
  );
  const id = (name: ViewName) => `jp-Insights-${dataset.id}-${name}`;
  const panel = (name: ViewName, content: React.ReactNode) =>
    seen.current.has(name) && (
      <div
        id={`${id(name)}-panel`}
        className="jp-Insights-tabpanel"
        role="tabpanel"
        aria-labelledby={id(name)}
        hidden={view !== name}
      >
        {content}
      </div>
    );
  return (
    <div className="jp-Insights-dataset">
      <div
        className="jp-Insights-tabs"
        role="tablist"
        aria-label={trans.__('Views of %1', dataset.name)}
        onKeyDown={event => {
          const next = neighbour(tabs, view, event.key);
          if (next) {
            event.preventDefault();
            onView(next);
            document.getElementById(id(next))?.focus();
          }
        }}
      >
        {tabs.map(([name, label]) => (
          <button
            key={name}
            id={id(name)}
            role="tab"
            aria-selected={view === name}
            aria-controls={
              seen.current.has(name) ? `${id(name)}-panel` : undefined
            }
            tabIndex={view === name ? 0 : -1}
            onClick={() => {
              onView(name);
            }}
          >
            {label}
          </button>
        ))}
      </div>
      {panel(
        'preview',
        <PreviewView
          {...props}
          filters={filters}
          onFilters={onFilters}
          isVisible={view === 'preview'}
        />
      )}
      {panel('profile', <ProfileView {...props} onFilter={showRows} />)}
      {panel(
        'ask',
        <AskView {...props} stored={props.answers} onStored={props.onAnswers} />
      )}
    </div>
  );
}

/** The tab that an arrow key leads to. */
function neighbour(
  tabs: readonly [ViewName, string][],
  view: ViewName,
  key: string
): ViewName | null {
  const index = tabs.findIndex(([name]) => name === view);
  const step = key === 'ArrowRight' ? 1 : key === 'ArrowLeft' ? -1 : 0;
  return step === 0
    ? null
    : tabs[(index + step + tabs.length) % tabs.length][0];
}
