/** A conversation about a dataset: suggested questions, what was asked and answered, and where to ask. */

import React from 'react';

import { isAbort, TransportError } from '../../transport';
import type { IAskViewProps } from '../props';
import { Composer } from './composer';
import { type ITurn, useConversation } from './conversation';
import { Turn } from './turn';

export function AskView(props: IAskViewProps): React.ReactElement {
  const { dataset, transport, host, trans, languageCode } = props;
  const conversation = useConversation({
    transport,
    name: dataset.name,
    stored: props.stored,
    onAnswer: props.onAnswer,
    onStored: props.onStored
  });
  const { turns, running, ask, stop } = conversation;
  const suggestions = useSuggestions(props);
  const log = React.useRef<HTMLDivElement>(null);
  const count = turns.length;
  const last = turns.at(-1);

  // The newest question stands at the top of the view, with room for its answer below.
  React.useEffect(() => {
    const node = log.current;
    const newest = node?.querySelector<HTMLElement>('article:last-of-type');
    if (node && newest) {
      node.scrollTop = newest.offsetTop - node.offsetTop;
    }
  }, [count]);

  return (
    <section
      className="jp-InsightsAsk"
      aria-label={trans.__('Ask about %1', dataset.name)}
    >
      <div ref={log} className="jp-InsightsAsk-log">
        {count === 0 && (
          <div className="jp-InsightsAsk-start">
            <h3>{trans.__('Ask %1 anything', dataset.name)}</h3>
            <p className="jp-InsightsAsk-quiet">
              {trans.__(
                'In plain words. Every answer comes with its table, its SQL and where each number is from.'
              )}
            </p>
            {suggestions.length > 0 && (
              <div
                className="jp-InsightsAsk-choices"
                role="group"
                aria-label={trans.__('Suggested questions')}
              >
                {suggestions.map(question => (
                  <button
                    key={question}
                    type="button"
                    className="jp-InsightsAsk-choice"
                    onClick={() => {
                      ask(question);
                    }}
                  >
                    {question}
                  </button>
                ))}
              </div>
            )}
          </div>
        )}
        {turns.map(turn => (
          <Turn
            key={turn.key}
            turn={turn}
            transport={transport}
            host={host}
            trans={trans}
            languageCode={languageCode}
            isLast={turn === last && running === null}
            before={answeredBefore(turns, turn)}
            onAsk={ask}
            onFeedback={conversation.setFeedback}
          />
        ))}
      </div>
      <div className="jp-InsightsAsk-bottom">
        <Composer
          asked={turns.map(({ question }) => question)}
          isRunning={running !== null}
          trans={trans}
          onAsk={ask}
          onStop={stop}
        />
        {count > 0 && (
          <button
            type="button"
            className="jp-InsightsAsk-link"
            onClick={conversation.clear}
          >
            {trans.__('New conversation')}
          </button>
        )}
      </div>
      <div className="jp-InsightsAsk-hidden" role="status">
        {last && spoken(last)}
      </div>
    </section>
  );
}

/** The id of the last answer before a turn, which a follow-up changes. */
function answeredBefore(turns: readonly ITurn[], turn: ITurn): string | null {
  const earlier = turns.slice(0, turns.indexOf(turn));
  const answers = earlier.flatMap(({ answer }) =>
    answer?.status === 'answered' ? [answer.id] : []
  );
  return answers.at(-1) ?? null;
}

/** What a screen reader says of the newest turn. */
function spoken(turn: ITurn): string {
  if (turn.state === 'running') {
    return turn.steps.at(-1)?.message ?? '';
  }
  return turn.answer?.text ?? '';
}

/** Questions to begin with; none where they cannot be had. */
function useSuggestions(props: IAskViewProps): readonly string[] {
  const { dataset, transport } = props;
  const [suggestions, setSuggestions] = React.useState<readonly string[]>([]);
  React.useEffect(() => {
    const abort = new AbortController();
    transport.suggestions(dataset.name, abort.signal).then(
      found => {
        setSuggestions(found.suggestions);
      },
      (error: unknown) => {
        if (!(error instanceof TransportError) && !isAbort(error)) {
          throw error;
        }
      }
    );
    return () => {
      abort.abort();
    };
  }, [transport, dataset.name, dataset.content_sha256]);
  return suggestions;
}
