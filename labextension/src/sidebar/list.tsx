/** The content of the sidebar: search, uploads, datasets, and what stands in their place. */

import React, { useMemo, useState } from 'react';

import type { UploadQueue } from '../uploads/queue';
import { Uploads } from '../uploads/view';
import type { IDataset } from '../types';
import type { ILocaleProps } from '../views/props';
import { Problem } from '../views/shared/problem';
import { HealthLine } from './health';
import type { DatasetsModel } from './model';
import { DatasetRow, type IRowActions } from './row';

const UPLOAD_EXAMPLE = '%insight upload file.csv';

/** Fewer datasets than this are overseen without a search. */
const SEARCH_FROM = 2;

export interface IDatasetsViewProps extends ILocaleProps {
  model: DatasetsModel;
  queue: UploadQueue;
  actions: IRowActions;
  freeName: (filename: string) => string;
  onUpload: () => void;
  onRetry: () => void;
}

export function DatasetsView(props: IDatasetsViewProps): React.ReactElement {
  const { model, queue, trans, onRetry } = props;
  const { datasets, error, health } = model;
  return (
    <>
      <Uploads {...props} />
      {error && (
        <Problem
          title={trans.__('The datasets could not be read')}
          error={error}
          trans={trans}
          onRetry={onRetry}
        />
      )}
      {!error && datasets === null && (
        <p className="jp-Insights-message jp-Insights-waiting" role="status">
          <span className="jp-Insights-spinner" aria-hidden="true" />
          {trans.__('Loading datasets…')}
        </p>
      )}
      {datasets?.length === 0 && !error && queue.uploads.length === 0 && (
        <EmptyMessage {...props} />
      )}
      {datasets !== null && datasets.length > 0 && (
        <DatasetList {...props} datasets={datasets} />
      )}
      {health && !error && <HealthLine health={health} trans={trans} />}
    </>
  );
}

function DatasetList(
  props: IDatasetsViewProps & { datasets: readonly IDataset[] }
): React.ReactElement {
  const { datasets, model, queue, actions, trans, languageCode } = props;
  const [search, setSearch] = useState('');
  const { uploads } = queue;
  const found = useMemo(() => {
    const wanted = search.trim().toLowerCase();
    // What failed a moment ago stands among the uploads, with the way on; once is enough.
    const failed = uploads.filter(({ state }) => state === 'failed');
    const told = new Set(failed.map(({ label }) => label));
    return datasets.filter(
      ({ name, filename, state }) =>
        `${name} ${filename ?? ''}`.toLowerCase().includes(wanted) &&
        !(state === 'failed' && told.has(filename ?? ''))
    );
  }, [datasets, uploads, search]);
  return (
    <>
      {datasets.length >= SEARCH_FROM && (
        <input
          className="jp-Insights-input jp-Insights-search"
          type="search"
          aria-label={trans.__('Search datasets')}
          placeholder={trans.__('Search datasets')}
          value={search}
          onChange={event => {
            setSearch(event.target.value);
          }}
        />
      )}
      <ul
        className="jp-Insights-list"
        role="list"
        aria-label={trans.__('Datasets')}
      >
        {found.map(dataset => (
          <DatasetRow
            key={dataset.id}
            dataset={dataset}
            trans={trans}
            languageCode={languageCode}
            isSelected={model.selected === dataset.name}
            onSelect={name => {
              model.select(name);
            }}
            actions={actions}
          />
        ))}
      </ul>
      {found.length === 0 && search.trim() !== '' && (
        <div className="jp-Insights-message" role="status">
          <p>{trans.__('No dataset is called “%1”.', search.trim())}</p>
          <button
            className="jp-Insights-link"
            onClick={() => {
              setSearch('');
            }}
          >
            {trans.__('Show all datasets')}
          </button>
        </div>
      )}
    </>
  );
}

function EmptyMessage(props: IDatasetsViewProps): React.ReactElement {
  const { trans, onUpload } = props;
  return (
    <div className="jp-Insights-message jp-Insights-empty" role="status">
      <p className="jp-Insights-lead">{trans.__('No datasets yet')}</p>
      <p>
        {trans.__(
          'Drop files here, from your desktop or from the file browser.'
        )}
      </p>
      <button className="jp-mod-styled jp-mod-accept" onClick={onUpload}>
        {trans.__('Upload files…')}
      </button>
      <p className="jp-Insights-quiet">
        {trans.__(
          'CSV, TSV, JSON, JSON Lines, Parquet, Arrow and Excel, compressed or not.'
        )}
      </p>
      <p className="jp-Insights-quiet">
        {trans.__('In a notebook:')}
        <br />
        <code>{UPLOAD_EXAMPLE}</code>
      </p>
    </div>
  );
}
