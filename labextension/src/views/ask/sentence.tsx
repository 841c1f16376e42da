/** The sentence of an answer, whose numbers say where they come from. */

import React from 'react';

import type { INumberOrigin } from '../../types';
import type { ILocaleProps } from '../props';

interface IPart {
  text: string;
  origin: string | null;
}

/** The sentence cut at its numbers, which are found in the order in which they are listed. */
export function partsOf(
  sentence: string,
  numbers: readonly INumberOrigin[]
): IPart[] {
  const parts: IPart[] = [];
  let from = 0;
  for (const { text, origin } of numbers) {
    const at = text === '' ? -1 : sentence.indexOf(text, from);
    if (at < 0) {
      continue;
    }
    if (at > from) {
      parts.push({ text: sentence.slice(from, at), origin: null });
    }
    parts.push({ text, origin });
    from = at + text.length;
  }
  if (from < sentence.length) {
    parts.push({ text: sentence.slice(from), origin: null });
  }
  return parts;
}

interface ITip {
  index: number;
  origin: string;
  left: number;
  top: number;
}

const TIP_WIDTH = 260;

export function Sentence(
  props: Pick<ILocaleProps, 'trans'> & {
    text: string;
    numbers: readonly INumberOrigin[];
  }
): React.ReactElement {
  const { text, numbers, trans } = props;
  const parts = React.useMemo(() => partsOf(text, numbers), [text, numbers]);
  const [tip, setTip] = React.useState<ITip | null>(null);
  const tipId = React.useId();

  const show = (index: number, origin: string, node: HTMLElement): void => {
    const room = (node.offsetParent?.clientWidth ?? 0) - TIP_WIDTH;
    setTip({
      index,
      origin,
      left: Math.max(0, Math.min(node.offsetLeft, room)),
      top: node.offsetTop + node.offsetHeight + 4
    });
  };
  const hide = (): void => {
    setTip(null);
  };

  return (
    <p className="jp-InsightsAsk-sentence">
      {parts.map(({ text: part, origin }, index) =>
        origin === null ? (
          <React.Fragment key={index}>{part}</React.Fragment>
        ) : (
          <button
            key={index}
            type="button"
            className="jp-InsightsAsk-number"
            aria-describedby={tip?.index === index ? tipId : undefined}
            aria-label={trans.__('%1, from %2', part, origin)}
            onMouseEnter={event => {
              show(index, origin, event.currentTarget);
            }}
            onMouseLeave={hide}
            onFocus={event => {
              show(index, origin, event.currentTarget);
            }}
            onBlur={hide}
            onKeyDown={event => {
              if (event.key === 'Escape' && tip) {
                event.stopPropagation();
                hide();
              }
            }}
          >
            {part}
          </button>
        )
      )}
      {tip && (
        <span
          id={tipId}
          role="tooltip"
          className="jp-InsightsAsk-tip"
          style={{ left: tip.left, top: tip.top, maxWidth: TIP_WIDTH }}
        >
          {tip.origin}
        </span>
      )}
    </p>
  );
}
