/** What was asked and what came back: the state of a conversation, and what can be done with it. */

import React from 'react';

import { type ITransport, isAbort, TransportError } from '../../transport';
import type { IAnswer, IEvent, Verdict } from '../../types';

/** One question and how far it is. */
export interface ITurn {
  key: number;
  question: string;
  state: 'running' | 'answered' | 'failed' | 'stopped';
  steps: readonly IEvent[];
  /** The sentence as far as it has arrived, while the answer is under way. */
  text: string;
  answer: IAnswer | null;
  error: TransportError | null;
}

export interface IConversation {
  turns: readonly ITurn[];
  /** The turn that is being answered, if any. */
  running: ITurn | null;
  ask: (question: string, options?: { refresh?: boolean }) => void;
  stop: () => void;
  clear: () => void;
  setFeedback: (answerId: string, verdict: Verdict) => void;
}

export interface IConversationOptions {
  transport: ITransport;
  /** The dataset that the conversation is about. */
  name: string;
  /** Ids of answers given before, oldest first, to begin with. */
  stored?: readonly string[];
  /** Hears each answer. */
  onAnswer?: (answer: IAnswer) => void;
  /** Hears which answers the conversation now holds. */
  onStored?: (ids: readonly string[]) => void;
}

let lastKey = 0;

/** A conversation of its own, which ends (and stops what it asked) with the component. */
export function useConversation(options: IConversationOptions): IConversation {
  const { transport, name } = options;
  const [turns, setTurns] = React.useState<readonly ITurn[]>([]);
  const latest = React.useRef(options);
  latest.current = options;
  const running = React.useRef<AbortController | null>(null);
  const thread = React.useRef(newThread());

  const change = React.useCallback((key: number, what: Partial<ITurn>) => {
    setTurns(before =>
      before.map(turn => (turn.key === key ? { ...turn, ...what } : turn))
    );
  }, []);

  const ask = React.useCallback(
    (question: string, { refresh = false } = {}) => {
      const asked = question.trim();
      if (asked === '' || running.current) {
        return;
      }
      const abort = new AbortController();
      running.current = abort;
      const turn = newTurn(asked);
      const steps: IEvent[] = [];
      let text = '';
      setTurns(before => [...before, turn]);
      const heard = (step: IEvent): void => {
        if (step.text === null) {
          steps.push(step);
        } else {
          text += step.text;
        }
        change(turn.key, { steps: [...steps], text });
      };
      const request = {
        question: asked,
        datasets: [name],
        thread: thread.current,
        refresh
      };
      transport.ask(request, { signal: abort.signal, onStep: heard }).then(
        answer => {
          running.current = null;
          change(turn.key, { state: 'answered', answer });
          latest.current.onAnswer?.(answer);
        },
        (error: unknown) => {
          running.current = null;
          change(turn.key, ending(error));
        }
      );
    },
    [transport, name, change]
  );

  const stop = React.useCallback(() => running.current?.abort(), []);
  React.useEffect(() => stop, [stop]);

  const clear = React.useCallback(() => {
    stop();
    thread.current = newThread();
    setTurns([]);
    latest.current.onStored?.([]);
  }, [stop]);

  const setFeedback = React.useCallback((id: string, feedback: Verdict) => {
    setTurns(before =>
      before.map(turn =>
        turn.answer?.id === id
          ? { ...turn, answer: { ...turn.answer, feedback } }
          : turn
      )
    );
  }, []);

  React.useEffect(() => {
    const { stored = [] } = latest.current;
    const abort = new AbortController();
    void recalled(transport, stored, abort.signal).then(answers => {
      const last = answers.at(-1);
      if (last && !abort.signal.aborted) {
        thread.current = last.thread ?? last.id;
        setTurns(now => [...answers.map(turnOf), ...now]);
      }
    });
    return () => {
      abort.abort();
    };
  }, [transport]);

  const ids = turns.flatMap(({ answer }) => (answer ? [answer.id] : []));
  const held = ids.join(' ');
  React.useEffect(() => {
    if (held !== '') {
      latest.current.onStored?.(held.split(' '));
    }
  }, [held]);

  return {
    turns,
    running: turns.find(({ state }) => state === 'running') ?? null,
    ask,
    stop,
    clear,
    setFeedback
  };
}

function newTurn(question: string): ITurn {
  lastKey += 1;
  return {
    key: lastKey,
    question,
    state: 'running',
    steps: [],
    text: '',
    answer: null,
    error: null
  };
}

function turnOf(answer: IAnswer): ITurn {
  return { ...newTurn(answer.question), state: 'answered', answer };
}

/** The name of a thread that no other conversation has. */
function newThread(): string {
  const [high, low] = crypto.getRandomValues(new Uint32Array(2));
  return `view-${high.toString(36)}${low.toString(36)}`;
}

/** The answers that can still be had; those whose data is gone are left out. */
async function recalled(
  transport: ITransport,
  ids: readonly string[],
  signal: AbortSignal
): Promise<IAnswer[]> {
  const answers = await Promise.all(
    ids.map(id => transport.answer(id, signal).catch(() => null))
  );
  return answers.filter(answer => answer !== null);
}

function ending(error: unknown): Partial<ITurn> {
  if (isAbort(error)) {
    return { state: 'stopped' };
  }
  if (error instanceof TransportError) {
    return { state: 'failed', error };
  }
  const message = error instanceof Error ? error.message : String(error);
  return {
    state: 'failed',
    error: new TransportError({
      message,
      code: 'unreachable',
      hint: null,
      request_id: null
    })
  };
}
