/** The list of datasets and what stands in its place: loading, nothing yet, an error. */

import type { TranslationBundle } from '@jupyterlab/translation';
import React from 'react';

import { formatBytes, formatColumns, formatRows } from './views/shared/format';
import type { DatasetsModel } from './model';
import type { TransportError } from './transport';
import type { DatasetState, IDataset, IHealth } from './types';

const UPLOAD_EXAMPLE = '%load_ext insights_ext\n%insight upload file.csv';

interface ILocaleProps {
  trans: TranslationBundle;
  languageCode: string;
}

/** The whole content of the panel, for the state the model is in. */
export function DatasetsView(
  props: ILocaleProps & { model: DatasetsModel; onRetry: () => void }
): React.ReactElement {
  const { model, trans, languageCode, onRetry } = props;
  const { datasets, error, health } = model;
  return (
    <>
      {error && <ErrorMessage error={error} trans={trans} onRetry={onRetry} />}
      {!error && datasets === null && (
        <p className="jp-Insights-message" role="status">
          {trans.__('Loading datasets…')}
        </p>
      )}
      {datasets?.length === 0 && !error && <EmptyMessage trans={trans} />}
      {datasets !== null && datasets.length > 0 && (
        <ul
          className="jp-Insights-list"
          role="list"
          aria-label={trans.__('Datasets')}
        >
          {datasets.map(dataset => (
            <DatasetRow
              key={dataset.id}
              dataset={dataset}
              trans={trans}
              languageCode={languageCode}
            />
          ))}
        </ul>
      )}
      {health && <HealthLine health={health} trans={trans} />}
    </>
  );
}

/** One dataset: its name, its measures, and its state, with the reason where it failed. */
function DatasetRow(
  props: ILocaleProps & { dataset: IDataset }
): React.ReactElement {
  const { dataset, trans, languageCode } = props;
  const { state, row_count, column_count, size_bytes } = dataset;
  const message = state === 'failed' ? dataset.error?.message : undefined;
  const reason = typeof message === 'string' ? message : null;
  return (
    <li
      className="jp-Insights-row"
      data-state={state}
      title={dataset.filename ?? undefined}
    >
      <span className="jp-Insights-name" title={dataset.name}>
        {dataset.name}
      </span>
      <span className="jp-Insights-state">{stateLabel(state, trans)}</span>
      <span className="jp-Insights-measures">
        {row_count !== null && (
          <span>{formatRows(row_count, trans, languageCode)}</span>
        )}
        {column_count !== null && (
          <span>{formatColumns(column_count, trans, languageCode)}</span>
        )}
        {size_bytes !== null && (
          <span>{formatBytes(size_bytes, languageCode)}</span>
        )}
      </span>
      {reason && <span className="jp-Insights-reason">{reason}</span>}
    </li>
  );
}

function EmptyMessage(props: { trans: TranslationBundle }): React.ReactElement {
  const { trans } = props;
  return (
    <div className="jp-Insights-message" role="status">
      <p className="jp-Insights-lead">{trans.__('No datasets yet')}</p>
      <p>{trans.__('Upload a file from a notebook cell:')}</p>
      <pre className="jp-Insights-code">{UPLOAD_EXAMPLE}</pre>
      <p>
        {trans.__(
          'CSV, TSV, JSON, JSON Lines, Parquet, Arrow and Excel files are read, compressed or not.'
        )}
      </p>
    </div>
  );
}

function ErrorMessage(props: {
  error: TransportError;
  trans: TranslationBundle;
  onRetry: () => void;
}): React.ReactElement {
  const { error, trans, onRetry } = props;
  const { message, hint } = describeError(error, trans);
  return (
    <div className="jp-Insights-message jp-Insights-error" role="alert">
      <p className="jp-Insights-lead">
        {trans.__('The datasets could not be read')}
      </p>
      <p>{message}</p>
      {hint && <p>{hint}</p>}
      {error.requestId && (
        <p className="jp-Insights-quiet">
          {trans.__('Request %1', error.requestId)}
        </p>
      )}
      <button className="jp-mod-styled jp-mod-accept" onClick={onRetry}>
        {trans.__('Retry')}
      </button>
    </div>
  );
}

/** One line at the foot: who plans the answers, how the workers are protected, which version this is. */
function HealthLine(props: {
  health: IHealth;
  trans: TranslationBundle;
}): React.ReactElement {
  const { health, trans } = props;
  return (
    <p
      className="jp-Insights-health"
      data-status={health.status}
      title={health.warnings.join('\n') || undefined}
    >
      <span>{trans.__('Planner: %1', health.planner)}</span>
      <span>{trans.__('Sandbox: %1', health.sandbox.level)}</span>
      <span>{trans.__('Version %1', health.version)}</span>
    </p>
  );
}

function stateLabel(state: DatasetState, trans: TranslationBundle): string {
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

/** The server's own words, or ours where the answer did not come from Insights. */
function describeError(
  error: TransportError,
  trans: TranslationBundle
): { message: string; hint: string | null } {
  switch (error.code) {
    case 'unreachable':
      return {
        message: trans.__('The server does not answer.'),
        hint: trans.__('Check that Jupyter is still running, then retry.')
      };
    case 'not_json':
    case 'http_404':
      return {
        message: trans.__('Insights is not running on this server.'),
        hint: trans.__(
          'Run "jupyter server extension enable insights_ext" and restart Jupyter.'
        )
      };
    case 'http_403':
      return {
        message: trans.__('The server does not accept this session.'),
        hint: trans.__('Reload the page and log in again.')
      };
    default:
      return { message: error.message, hint: error.hint };
  }
}
