/** Whether an answer was good, with a note if there is something to say. */

import React from 'react';

import { isAbort, type ITransport, TransportError } from '../../transport';
import type { IAnswer, Verdict } from '../../types';
import type { ILocaleProps } from '../props';

const LONGEST_NOTE = 2_000;

export function FeedbackBar(
  props: Pick<ILocaleProps, 'trans'> & {
    answer: IAnswer;
    transport: ITransport;
    onFeedback: (answerId: string, verdict: Verdict) => void;
  }
): React.ReactElement {
  const { answer, transport, trans, onFeedback } = props;
  const [chosen, setChosen] = React.useState<Verdict | null>(null);
  const [note, setNote] = React.useState('');
  const [notice, setNotice] = React.useState('');

  const send = async (verdict: Verdict): Promise<void> => {
    try {
      const request = { verdict, note: note.trim() || null };
      const { detail } = await transport.feedback(answer.id, request);
      onFeedback(answer.id, verdict);
      setChosen(null);
      setNotice(detail || trans.__('Noted.'));
    } catch (error) {
      if (error instanceof TransportError) {
        setNotice(error.message);
      } else if (!isAbort(error)) {
        throw error;
      }
    }
  };

  const verdicts: readonly [Verdict, string][] = [
    ['good', trans.__('Good answer')],
    ['bad', trans.__('Bad answer')]
  ];
  return (
    <div className="jp-InsightsAsk-feedback">
      <div className="jp-InsightsAsk-row">
        {verdicts.map(([verdict, label]) => (
          <button
            key={verdict}
            type="button"
            className="jp-InsightsAsk-verdict"
            data-verdict={verdict}
            title={label}
            aria-label={label}
            aria-pressed={answer.feedback === verdict}
            aria-expanded={chosen === verdict}
            onClick={() => {
              setNotice('');
              setChosen(chosen === verdict ? null : verdict);
            }}
          >
            <Thumb />
          </button>
        ))}
      </div>
      {chosen && (
        <form
          className="jp-InsightsAsk-row"
          onSubmit={event => {
            event.preventDefault();
            void send(chosen);
          }}
          onKeyDown={event => {
            if (event.key === 'Escape') {
              event.stopPropagation();
              setChosen(null);
            }
          }}
        >
          <label className="jp-InsightsAsk-label">
            {chosen === 'good'
              ? trans.__('What is good about it (optional)')
              : trans.__('What is wrong with it (optional)')}
            <input
              className="jp-InsightsAsk-input"
              value={note}
              maxLength={LONGEST_NOTE}
              onChange={event => {
                setNote(event.target.value);
              }}
            />
          </label>
          <button type="submit" className="jp-InsightsAsk-button" data-primary>
            {trans.__('Send feedback')}
          </button>
        </form>
      )}
      <p className="jp-InsightsAsk-notice" role="status">
        {notice}
      </p>
    </div>
  );
}

/** A thumb that points up; the style sheet turns it for a bad answer. */
function Thumb(): React.ReactElement {
  return (
    <svg viewBox="0 0 16 16" width="16" height="16" aria-hidden="true">
      <path d="M2 7h2.5v6.5H2zM4.5 7.3 7.4 2c1 0 1.7.8 1.5 1.8L8.4 6.6H13c.8 0 1.3.7 1.1 1.4l-1.3 4.6c-.2.6-.7.9-1.3.9h-7" />
    </svg>
  );
}
