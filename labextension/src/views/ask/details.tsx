/** Why an answer says what it says, what was done for it, and what left the machine. */

import React from 'react';

import type { IAnswer, IEvent, ILedgerEntry } from '../../types';
import { formatBytes, numberFormat } from '../shared/format';
import type { ILocaleProps } from '../props';

/** How the question was understood, and what speaks for or against the answer. */
export function Evidence(
  props: Pick<ILocaleProps, 'trans'> & { answer: IAnswer }
): React.ReactElement {
  const { answer, trans } = props;
  const { evidence, confidence } = answer;
  return (
    <div className="jp-InsightsAsk-facts">
      {evidence.length > 0 && (
        <>
          <h4>{trans.__('How the question was understood')}</h4>
          <ul>
            {evidence.map((item, index) => (
              <li key={index}>
                <span className="jp-InsightsAsk-kind">{item.kind}</span>{' '}
                {item.detail}
              </li>
            ))}
          </ul>
        </>
      )}
      {confidence.length > 0 && (
        <>
          <h4>{trans.__('What speaks for and against it')}</h4>
          <ul>
            {confidence.map((fact, index) => (
              <li key={index}>{fact}</li>
            ))}
          </ul>
        </>
      )}
    </div>
  );
}

/** The steps as they were told, the queries of several steps, and how long each took. */
export function Steps(
  props: ILocaleProps & { answer: IAnswer; steps: readonly IEvent[] }
): React.ReactElement {
  const { answer, steps, trans, languageCode } = props;
  const seconds = numberFormat(languageCode, {
    style: 'unit',
    unit: 'millisecond',
    maximumFractionDigits: 0
  });
  return (
    <div className="jp-InsightsAsk-facts">
      {steps.length > 0 && (
        <ol>
          {steps.map(({ step, message }, index) => (
            <li key={index}>
              {message}
              {step in answer.timings && (
                <span className="jp-InsightsAsk-quiet">
                  {' '}
                  {seconds.format(answer.timings[step] * 1_000)}
                </span>
              )}
            </li>
          ))}
        </ol>
      )}
      {answer.steps.map(step => (
        <section key={step.name}>
          <h4>{step.purpose || step.name}</h4>
          <pre className="jp-InsightsAsk-code">{step.sql}</pre>
          {step.repairs.map((repair, index) => (
            <p key={index} className="jp-InsightsAsk-quiet">
              {trans.__('Repaired after: %1', repair.error)}
            </p>
          ))}
        </section>
      ))}
      <p className="jp-InsightsAsk-quiet">
        {answer.model === null
          ? trans.__('Planned by: %1', answer.planner)
          : trans.__('Planned by: %1 (%2)', answer.planner, answer.model)}
        {answer.replayed && ` · ${trans.__('Given again from the store')}`}
      </p>
    </div>
  );
}

/** What left the machine for this answer, call by call. */
export function LedgerTable(
  props: ILocaleProps & { entries: readonly ILedgerEntry[] }
): React.ReactElement {
  const { entries, trans, languageCode } = props;
  if (entries.length === 0) {
    return (
      <p className="jp-InsightsAsk-facts">
        {trans.__('Nothing left this machine for this answer.')}
      </p>
    );
  }
  const number = numberFormat(languageCode);
  return (
    <div
      className="jp-InsightsAsk-scroll"
      role="region"
      aria-label={trans.__('What left the machine')}
      tabIndex={0}
    >
      <table className="jp-InsightsAsk-table">
        <thead>
          <tr>
            <th scope="col">{trans.__('For')}</th>
            <th scope="col">{trans.__('Model')}</th>
            <th scope="col">{trans.__('Host')}</th>
            <th scope="col">{trans.__('Share')}</th>
            <th scope="col" data-numeric>
              {trans.__('Sent')}
            </th>
            <th scope="col" data-numeric>
              {trans.__('Tokens')}
            </th>
            <th scope="col" data-numeric>
              {trans.__('Columns')}
            </th>
            <th scope="col" data-numeric>
              {trans.__('Rows')}
            </th>
            <th scope="col">{trans.__('Held back')}</th>
            <th scope="col">{trans.__('Outcome')}</th>
          </tr>
        </thead>
        <tbody>
          {entries.map(entry => (
            <tr key={entry.id}>
              <td>{entry.sent_for}</td>
              <td>{`${entry.provider}:${entry.model}`}</td>
              <td>{entry.host}</td>
              <td>{entry.share}</td>
              <td data-numeric>{formatBytes(entry.bytes_out, languageCode)}</td>
              <td data-numeric>
                {entry.estimated && '≈ '}
                {number.format(entry.tokens_in + entry.tokens_out)}
              </td>
              <td data-numeric title={entry.columns.join('\n')}>
                {number.format(entry.columns.length)}
              </td>
              <td data-numeric>{number.format(entry.rows)}</td>
              <td>{entry.masked.join(', ')}</td>
              <td>{entry.outcome}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}
