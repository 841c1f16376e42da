/** A small window over the page: takes the focus, closes on Escape or a press elsewhere, gives the focus back. */

import React, { useEffect, useLayoutEffect, useRef, useState } from 'react';
import { createPortal } from 'react-dom';

const MARGIN = 8;

export function Popover(props: {
  label: string;
  /** Where its corner should be, in viewport pixels. */
  at: { x: number; y: number };
  className?: string;
  onClose: () => void;
  children: React.ReactNode;
}): React.ReactElement {
  const { label, at, className, onClose, children } = props;
  const origin = useRef<HTMLSpanElement>(null);
  const node = useRef<HTMLDivElement>(null);
  const [isPlain, setPlain] = useState(false);
  const [place, setPlace] = useState({ left: at.x, top: at.y });
  const close = useRef(onClose);
  close.current = onClose;

  useLayoutEffect(() => {
    if (node.current) {
      const { width, height } = node.current.getBoundingClientRect();
      const left = Math.min(at.x, window.innerWidth - width - MARGIN);
      const top = Math.min(at.y, window.innerHeight - height - MARGIN);
      setPlace({ left: Math.max(MARGIN, left), top: Math.max(MARGIN, top) });
    }
    setPlain(Boolean(origin.current?.closest('[data-plain]')));
  }, [at.x, at.y]);

  useEffect(() => {
    const before = document.activeElement;
    focusable(node.current)[0]?.focus({ preventScroll: true });
    const onPress = (event: PointerEvent) => {
      if (!node.current?.contains(event.target as Node)) {
        close.current();
      }
    };
    document.addEventListener('pointerdown', onPress, true);
    return () => {
      document.removeEventListener('pointerdown', onPress, true);
      if (before instanceof HTMLElement) {
        before.focus({ preventScroll: true });
      }
    };
  }, []);

  const onKeyDown = (event: React.KeyboardEvent) => {
    // What is typed here is not meant for shortcuts or for the grid beneath.
    event.stopPropagation();
    if (event.key === 'Escape') {
      event.preventDefault();
      onClose();
    } else if (event.key === 'Tab') {
      keepInside(event, node.current);
    }
  };
  const popover = (
    <div
      ref={node}
      className={`jp-Insights-popover ${className ?? ''}`}
      // Where the page has no colours of JupyterLab, those of the view are needed here, too.
      data-plain={isPlain || undefined}
      role="dialog"
      aria-label={label}
      style={place}
      tabIndex={-1}
      // JupyterLab's shortcuts stay away from whatever carries this.
      data-lm-suppress-shortcuts="true"
      onKeyDown={onKeyDown}
    >
      {children}
    </div>
  );
  // At the end of the page: JupyterLab's panels contain what is fixed within them, and cut it off.
  return (
    <>
      <span ref={origin} hidden />
      {createPortal(popover, document.body)}
    </>
  );
}

/** Tab from the last element goes to the first, and back. */
function keepInside(
  event: React.KeyboardEvent,
  node: HTMLElement | null
): void {
  const elements = focusable(node);
  const first = elements.at(0);
  const last = elements.at(-1);
  const active = document.activeElement;
  if (event.shiftKey && active === first) {
    event.preventDefault();
    last?.focus();
  } else if (!event.shiftKey && active === last) {
    event.preventDefault();
    first?.focus();
  }
}

function focusable(node: HTMLElement | null): HTMLElement[] {
  const selector =
    'button:not(:disabled), input:not(:disabled), select, textarea, [tabindex="0"]';
  return [...(node?.querySelectorAll<HTMLElement>(selector) ?? [])];
}
