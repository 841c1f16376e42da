/** Where the question is typed. */

import React from 'react';

import type { ILocaleProps } from '../props';

export function Composer(
  props: Pick<ILocaleProps, 'trans'> & {
    /** What was asked before, oldest first, for the arrow keys. */
    asked: readonly string[];
    isRunning: boolean;
    onAsk: (question: string) => void;
    onStop: () => void;
  }
): React.ReactElement {
  const { asked, isRunning, trans, onAsk, onStop } = props;
  const [text, setText] = React.useState('');
  const [back, setBack] = React.useState(0);
  const input = React.useRef<HTMLTextAreaElement>(null);

  React.useLayoutEffect(() => {
    const node = input.current;
    if (node) {
      node.style.height = 'auto';
      // What is scrolled does not count the border.
      const border = node.offsetHeight - node.clientHeight;
      node.style.height = `${node.scrollHeight + border}px`;
    }
  }, [text]);

  const send = (): void => {
    if (text.trim() !== '' && !isRunning) {
      onAsk(text);
      setText('');
      setBack(0);
    }
  };

  const recall = (steps: number): void => {
    const to = Math.min(Math.max(back + steps, 0), asked.length);
    setBack(to);
    setText(to === 0 ? '' : asked[asked.length - to]);
  };

  const onKeyDown = (event: React.KeyboardEvent): void => {
    const isPlain = !event.shiftKey && !event.nativeEvent.isComposing;
    const isRecalling = text === '' || back > 0;
    if (event.key === 'Enter' && isPlain) {
      send();
    } else if (event.key === 'Escape' && isRunning) {
      onStop();
    } else if (event.key === 'ArrowUp' && isRecalling && asked.length > 0) {
      recall(1);
    } else if (event.key === 'ArrowDown' && back > 0) {
      recall(-1);
    } else {
      return;
    }
    event.preventDefault();
    event.stopPropagation();
  };

  return (
    <form
      className="jp-InsightsAsk-composer"
      onSubmit={event => {
        event.preventDefault();
        send();
      }}
    >
      <textarea
        ref={input}
        className="jp-InsightsAsk-box"
        rows={1}
        value={text}
        placeholder={trans.__('Ask about your data…')}
        aria-label={trans.__('Question')}
        onChange={event => {
          setText(event.target.value);
          setBack(0);
        }}
        onKeyDown={onKeyDown}
      />
      {isRunning ? (
        <button
          type="button"
          className="jp-InsightsAsk-button"
          onClick={onStop}
        >
          {trans.__('Stop')}
        </button>
      ) : (
        <button
          type="submit"
          className="jp-InsightsAsk-button"
          data-primary
          disabled={text.trim() === ''}
        >
          {trans.__('Ask')}
        </button>
      )}
    </form>
  );
}
