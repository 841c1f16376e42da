/** The view *Profile*: a card for each column, what is odd about the table, and how its columns go together. */

import React, { useMemo, useState } from 'react';

import type { IAlert, IStats } from '../../types';
import type { ILocaleProps, IProfileViewProps } from '../props';
import {
  formatBytes,
  formatColumns,
  formatPercent,
  formatRows
} from '../shared/format';
import { Problem } from '../shared/problem';
import { useStats } from '../shared/use-stats';
import { ColumnCard } from './card';
import { CorrelationMap } from './correlation';
import { profileHtml, profileJson } from './export';
import { ordered, ORDERS, type ProfileOrder } from './order';

/** Cards are drawn this many at a time: a table of 20,000 columns must not freeze the page. */
const CARDS_STEP = 60;

export function ProfileView(props: IProfileViewProps): React.ReactElement {
  const { dataset, transport, host, trans, onFilter } = props;
  const { stats, error, retry } = useStats(transport, dataset);
  const [order, setOrder] = useState<ProfileOrder>('position');
  const [search, setSearch] = useState('');
  const [limit, setLimit] = useState(CARDS_STEP);
  const columns = useMemo(
    () => ordered(stats?.columns ?? [], order, search),
    [stats, order, search]
  );
  const alerts = useMemo(() => alertsByColumn(stats?.alerts ?? []), [stats]);

  if (error !== null) {
    return (
      <Problem
        title={trans.__('The profile could not be read')}
        error={error}
        trans={trans}
        onRetry={retry}
      />
    );
  }
  if (stats === null) {
    return (
      <p className="jp-Insights-message jp-Insights-waiting" role="status">
        <span className="jp-Insights-spinner" aria-hidden="true" />
        {trans.__('Reading the profile…')}
      </p>
    );
  }
  return (
    <div className="jp-Insights-profile">
      <div
        className="jp-Insights-bar"
        role="toolbar"
        aria-label={trans.__('Profile tools')}
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
        <label>
          {trans.__('Sort by')}{' '}
          <select
            className="jp-Insights-input"
            value={order}
            onChange={event => {
              setOrder(event.target.value as ProfileOrder);
            }}
          >
            {ORDERS.map(each => (
              <option key={each} value={each}>
                {orderLabel(each, props)}
              </option>
            ))}
          </select>
        </label>
        {stats.partial && (
          <span className="jp-Insights-busy" role="status">
            {trans.__('Still being computed…')}
          </span>
        )}
        <span className="jp-Insights-spacer" />
        <button
          className="jp-Insights-button"
          disabled={stats.partial}
          onClick={() => {
            host.save(
              `${dataset.name}-profile.html`,
              profileHtml(stats, props)
            );
          }}
        >
          {trans.__('Save as HTML')}
        </button>
        <button
          className="jp-Insights-button"
          disabled={stats.partial}
          onClick={() => {
            host.save(`${dataset.name}-profile.json`, profileJson(stats));
          }}
        >
          {trans.__('Save as JSON')}
        </button>
      </div>
      <div className="jp-Insights-profile-body">
        <Summary {...props} stats={stats} />
        {alerts.get(null)?.map(({ code, message }) => (
          <p key={code} className="jp-Insights-warning">
            {message}
          </p>
        ))}
        {columns.length === 0 && (
          <p className="jp-Insights-message" role="status">
            {trans.__('No column has this name.')}
          </p>
        )}
        <div className="jp-Insights-cards">
          {columns.slice(0, limit).map(column => (
            <ColumnCard
              key={column.name}
              trans={trans}
              languageCode={props.languageCode}
              column={column}
              alerts={alerts.get(column.name) ?? []}
              onFilter={onFilter}
            />
          ))}
        </div>
        {columns.length > limit && (
          <button
            className="jp-mod-styled jp-Insights-more"
            onClick={() => {
              setLimit(limit + CARDS_STEP);
            }}
          >
            {trans.__('Show more columns (%1)', columns.length - limit)}
          </button>
        )}
        <CorrelationMap
          trans={trans}
          languageCode={props.languageCode}
          correlations={stats.correlations}
        />
      </div>
    </div>
  );
}

function Summary(props: ILocaleProps & { stats: IStats }): React.ReactElement {
  const { stats, trans, languageCode } = props;
  return (
    <p className="jp-Insights-summary">
      <span>{formatRows(stats.row_count, trans, languageCode)}</span>
      <span>{formatColumns(stats.column_count, trans, languageCode)}</span>
      <span>
        {trans.__(
          '%1 of cells null',
          formatPercent(stats.null_percentage, languageCode)
        )}
      </span>
      <span>
        {trans.__('%1 stored', formatBytes(stats.stored_bytes, languageCode))}
      </span>
    </p>
  );
}

function orderLabel(order: ProfileOrder, { trans }: ILocaleProps): string {
  switch (order) {
    case 'position':
      return trans.__('Position');
    case 'name':
      return trans.__('Name');
    case 'nulls':
      return trans.__('Nulls');
    case 'distinct':
      return trans.__('Distinct values');
    case 'skew':
      return trans.__('Skew');
  }
}

function alertsByColumn(
  alerts: readonly IAlert[]
): Map<string | null, IAlert[]> {
  const found = new Map<string | null, IAlert[]>();
  for (const alert of alerts) {
    found.set(alert.column, [...(found.get(alert.column) ?? []), alert]);
  }
  return found;
}
