/** One answer: sentence, chart, table, and behind them the SQL, the evidence, the steps and the ledger. */

import React from 'react';

import type { ITransport } from '../../transport';
import type { IAnswer, IEvent, Verdict } from '../../types';
import type { IDrawnChart, IViewHost } from '../host';
import type { ILocaleProps } from '../props';
import { Carry } from './carry';
import { Chart } from './chart';
import { Evidence, LedgerTable, Steps } from './details';
import { FeedbackBar } from './feedback';
import { Sentence } from './sentence';
import { SqlPanel } from './sql';
import { ResultTable } from './table';

type Detail = 'sql' | 'evidence' | 'steps' | 'ledger';

export interface IAnswerProps extends ILocaleProps {
  answer: IAnswer;
  steps: readonly IEvent[];
  transport: ITransport;
  host: IViewHost;
  /** Whether the choices of a clarification may still be chosen. */
  isLast: boolean;
  /** The id of the last answer before this one, which a follow-up changes. */
  before: string | null;
  onAsk: (question: string, options?: { refresh?: boolean }) => void;
  onFeedback: (answerId: string, verdict: Verdict) => void;
}

export function AnswerCard(props: IAnswerProps): React.ReactElement {
  const { answer, host, transport, trans, languageCode, isLast, onAsk } = props;
  const [chart, setChart] = React.useState<IDrawnChart | null>(null);
  const isAnswered = answer.status === 'answered';
  return (
    <div className="jp-InsightsAsk-answer" data-status={answer.status}>
      <Sentence text={answer.text} numbers={answer.numbers} trans={trans} />
      {answer.choices.length > 0 && (
        <Choices answer={answer} isOpen={isLast} trans={trans} onAsk={onAsk} />
      )}
      {answer.chart && (
        <Chart
          spec={answer.chart}
          host={host}
          trans={trans}
          onDrawn={setChart}
        />
      )}
      {answer.columns.length > 0 && (
        <ResultTable
          columns={answer.columns}
          rows={answer.rows}
          totalRows={answer.total_rows}
          label={trans.__('Table of the answer')}
          trans={trans}
          languageCode={languageCode}
        />
      )}
      {answer.warnings.length > 0 && (
        <ul className="jp-InsightsAsk-warnings">
          {answer.warnings.map((warning, index) => (
            <li key={index}>{warning}</li>
          ))}
        </ul>
      )}
      {isAnswered && (
        <Carry
          answer={answer}
          before={props.before}
          host={host}
          chart={chart}
          trans={trans}
        />
      )}
      <div className="jp-InsightsAsk-foot">
        <Details {...props} />
        {isAnswered && (
          <FeedbackBar
            answer={answer}
            transport={transport}
            trans={trans}
            onFeedback={props.onFeedback}
          />
        )}
      </div>
    </div>
  );
}

/** The readings of an unclear question, or questions that can be answered instead. */
function Choices(
  props: Pick<IAnswerProps, 'answer' | 'trans' | 'onAsk'> & { isOpen: boolean }
): React.ReactElement {
  const { answer, isOpen, trans, onAsk } = props;
  return (
    <div
      className="jp-InsightsAsk-choices"
      role="group"
      aria-label={
        answer.status === 'clarification'
          ? trans.__('What do you mean?')
          : trans.__('Questions that can be answered')
      }
    >
      {answer.choices.map(({ label, question }, index) =>
        question === '' ? (
          <span key={index} className="jp-InsightsAsk-quiet">
            {label}
          </span>
        ) : (
          <button
            key={index}
            type="button"
            className="jp-InsightsAsk-choice"
            disabled={!isOpen}
            title={question}
            onClick={() => {
              onAsk(question);
            }}
          >
            {label}
          </button>
        )
      )}
    </div>
  );
}

/** What stands behind the answer, one part at a time. */
function Details(props: IAnswerProps): React.ReactElement {
  const { answer, steps, transport, host, trans, languageCode, onAsk } = props;
  const [open, setOpen] = React.useState<Detail | null>(null);
  const panelId = React.useId();
  const { evidence, confidence, ledger } = answer;
  const offered: [Detail, string][] = [];
  if (answer.sql !== null) {
    offered.push(['sql', trans.__('SQL')]);
  }
  if (evidence.length + confidence.length > 0) {
    offered.push(['evidence', trans.__('Evidence')]);
  }
  offered.push(['steps', trans.__('Steps')]);
  offered.push([
    'ledger',
    ledger.length > 0
      ? trans.__('Ledger (%1)', ledger.length)
      : trans.__('Ledger')
  ]);
  return (
    <div className="jp-InsightsAsk-details">
      <div className="jp-InsightsAsk-row">
        {offered.map(([detail, label]) => (
          <button
            key={detail}
            type="button"
            className="jp-InsightsAsk-toggle"
            aria-expanded={open === detail}
            aria-controls={open === detail ? panelId : undefined}
            onClick={() => {
              setOpen(open === detail ? null : detail);
            }}
          >
            {label}
          </button>
        ))}
        {answer.replayed && (
          <button
            type="button"
            className="jp-InsightsAsk-link"
            title={trans.__('This answer was given again from the store.')}
            onClick={() => {
              onAsk(answer.question, { refresh: true });
            }}
          >
            {trans.__('Ask anew')}
          </button>
        )}
      </div>
      {open !== null && (
        <div id={panelId} className="jp-InsightsAsk-panel">
          {open === 'sql' && (
            <SqlPanel
              sql={answer.sql ?? ''}
              datasets={answer.datasets}
              transport={transport}
              host={host}
              trans={trans}
              languageCode={languageCode}
            />
          )}
          {open === 'evidence' && <Evidence answer={answer} trans={trans} />}
          {open === 'steps' && (
            <Steps
              answer={answer}
              steps={steps}
              trans={trans}
              languageCode={languageCode}
            />
          )}
          {open === 'ledger' && (
            <LedgerTable
              entries={ledger}
              trans={trans}
              languageCode={languageCode}
            />
          )}
        </div>
      )}
    </div>
  );
}
