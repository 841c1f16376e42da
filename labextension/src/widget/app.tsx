/** The explorer: one table with its views, tied to the traits that Python sees. */

import type { TranslationBundle } from '@jupyterlab/translation';
import React from 'react';

import { isAbort } from '../transport';
import type { IDataset } from '../types';
import { DatasetTabs } from '../views/dataset';
import { Problem } from '../views/shared/problem';
import type { WidgetHost } from './host';
import type { IExplorerModel, IExplorerTraits } from './model';
import type { CommTransport } from './transport';

export interface IExplorerProps {
  model: IExplorerModel;
  transport: CommTransport;
  host: WidgetHost;
  trans: TranslationBundle;
  languageCode: string;
}

export function Explorer(props: IExplorerProps): React.ReactElement {
  const { model, transport, host, trans, languageCode } = props;
  const [view, setView] = useTrait(model, 'view');
  const [filters, setFilters] = useTrait(model, 'filters');
  const [, setSelection] = useTrait(model, 'selected_rows');
  const [name] = useTrait(model, 'dataset');
  const [content] = useTrait(model, 'content');
  const { dataset, error, retry, refresh } = useDataset(
    transport,
    name,
    content
  );
  if (error !== null) {
    return (
      <Problem
        title={trans.__('The table cannot be shown')}
        error={error}
        trans={trans}
        onRetry={retry}
      />
    );
  }
  if (dataset === null) {
    return (
      <p className="jp-Insights-message" role="status">
        {trans.__('Reading the data…')}
      </p>
    );
  }
  return (
    <DatasetTabs
      dataset={dataset}
      transport={transport}
      host={host}
      trans={trans}
      languageCode={languageCode}
      view={view}
      onView={setView}
      filters={filters}
      onFilters={setFilters}
      onSelection={setSelection}
      onRefresh={content === '' ? undefined : refresh}
    />
  );
}

/** A trait and what sets it, on this side and in the kernel. */
function useTrait<K extends keyof IExplorerTraits>(
  model: IExplorerModel,
  name: K
): [IExplorerTraits[K], (value: IExplorerTraits[K]) => void] {
  const [value, setValue] = React.useState(() => model.get(name));
  React.useEffect(() => {
    const event = `change:${name}`;
    const listener = (): void => {
      setValue(() => model.get(name));
    };
    model.on(event, listener);
    return () => {
      model.off(event, listener);
    };
  }, [model, name]);
  const change = React.useCallback(
    (next: IExplorerTraits[K]): void => {
      model.set(name, next);
      model.save_changes();
    },
    [model, name]
  );
  return [value, change];
}

function useDataset(
  transport: CommTransport,
  name: string,
  content: string
): {
  dataset: IDataset | null;
  error: unknown;
  retry: () => void;
  refresh: () => void;
} {
  const [dataset, setDataset] = React.useState<IDataset | null>(null);
  const [error, setError] = React.useState<unknown>(null);
  const [attempt, setAttempt] = React.useState(0);
  React.useEffect(() => {
    const abort = new AbortController();
    setError(null);
    transport.get(name, abort.signal).then(setDataset, (reason: unknown) => {
      if (!isAbort(reason)) {
        setError(reason);
      }
    });
    return () => {
      abort.abort();
    };
  }, [transport, name, content, attempt]);
  const retry = (): void => {
    setAttempt(attempt + 1);
  };
  const refresh = (): void => {
    transport.refresh(name).then(setDataset, setError);
  };
  return { dataset, error, retry, refresh };
}
