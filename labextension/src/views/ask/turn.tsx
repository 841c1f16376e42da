/** One question of the conversation, and what has become of it. */

import React from 'react';

import type { ITurn } from './conversation';
import { AnswerCard, type IAnswerProps } from './answer';
import { Failure } from './failure';

export function Turn(
  props: Omit<IAnswerProps, 'answer' | 'steps'> & { turn: ITurn }
): React.ReactElement {
  const { turn, trans, onAsk } = props;
  const { question, state, answer, error, steps, text } = turn;
  const headingId = React.useId();
  const retry = (): void => {
    onAsk(question);
  };
  return (
    <article className="jp-InsightsAsk-turn" aria-labelledby={headingId}>
      <h3 id={headingId} className="jp-InsightsAsk-question">
        {question}
      </h3>
      {state === 'running' && (
        <div className="jp-InsightsAsk-progress" aria-busy="true">
          {text !== '' && <p className="jp-InsightsAsk-sentence">{text}</p>}
          <ol className="jp-InsightsAsk-steps">
            {steps.map(({ message }, index) => (
              <li
                key={index}
                data-state={index === steps.length - 1 ? 'now' : 'done'}
              >
                {message}
              </li>
            ))}
            {steps.length === 0 && (
              <li data-state="now">{trans.__('Asking…')}</li>
            )}
          </ol>
        </div>
      )}
      {answer && <AnswerCard {...props} answer={answer} steps={steps} />}
      {error && <Failure error={error} trans={trans} onRetry={retry} />}
      {state === 'stopped' && (
        <p className="jp-InsightsAsk-row">
          <span className="jp-InsightsAsk-quiet">{trans.__('Stopped.')}</span>
          <button
            type="button"
            className="jp-InsightsAsk-button"
            onClick={retry}
          >
            {trans.__('Ask again')}
          </button>
        </p>
      )}
    </article>
  );
}
