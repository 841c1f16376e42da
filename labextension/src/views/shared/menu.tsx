/** A button that opens a short menu; arrows, Home, End and Escape work as in every menu. */

import React from 'react';

export interface IMenuItem {
  label: string;
  hint?: string;
  onSelect: () => void;
}

export function MenuButton(props: {
  label: string;
  items: readonly IMenuItem[];
  /** The class of the button; that of an answer's buttons if left out. */
  className?: string;
  /** Whether the menu ends where the button ends, since there is no room to its right. */
  isAtEnd?: boolean;
}): React.ReactElement {
  const { label, items, isAtEnd } = props;
  const { className = 'jp-InsightsAsk-button' } = props;
  const [isOpen, setOpen] = React.useState(false);
  const root = React.useRef<HTMLDivElement>(null);
  const button = React.useRef<HTMLButtonElement>(null);
  const menuId = React.useId();

  const close = (): void => {
    setOpen(false);
    button.current?.focus();
  };

  React.useEffect(() => {
    if (!isOpen) {
      return;
    }
    itemsIn(root.current)[0]?.focus();
    const onPointerDown = (event: PointerEvent): void => {
      if (!root.current?.contains(event.target as Node)) {
        setOpen(false);
      }
    };
    document.addEventListener('pointerdown', onPointerDown, true);
    return () => {
      document.removeEventListener('pointerdown', onPointerDown, true);
    };
  }, [isOpen]);

  const onKeyDown = (event: React.KeyboardEvent): void => {
    const nodes = itemsIn(root.current);
    const at = nodes.indexOf(document.activeElement as HTMLElement);
    const to = placeFor(event.key, at, nodes.length);
    if (event.key === 'Escape') {
      close();
    } else if (event.key === 'Tab') {
      setOpen(false);
      return;
    } else if (to === null) {
      return;
    } else {
      nodes[to].focus();
    }
    event.preventDefault();
    event.stopPropagation();
  };

  return (
    <div ref={root} className="jp-InsightsAsk-menuButton">
      <button
        ref={button}
        type="button"
        className={className}
        aria-haspopup="menu"
        aria-expanded={isOpen}
        aria-controls={isOpen ? menuId : undefined}
        onClick={() => {
          setOpen(!isOpen);
        }}
        onKeyDown={event => {
          if (event.key === 'ArrowDown' && !isOpen) {
            event.preventDefault();
            setOpen(true);
          }
        }}
      >
        {label}
        <span className="jp-InsightsAsk-caret" aria-hidden="true" />
      </button>
      {isOpen && (
        <div
          id={menuId}
          role="menu"
          aria-label={label}
          tabIndex={-1}
          className="jp-InsightsAsk-menu"
          data-end={isAtEnd}
          onKeyDown={onKeyDown}
        >
          {items.map(item => (
            <button
              key={item.label}
              type="button"
              role="menuitem"
              tabIndex={-1}
              className="jp-InsightsAsk-menuItem"
              onClick={() => {
                close();
                item.onSelect();
              }}
            >
              <span>{item.label}</span>
              {item.hint && (
                <span className="jp-InsightsAsk-quiet">{item.hint}</span>
              )}
            </button>
          ))}
        </div>
      )}
    </div>
  );
}

function itemsIn(root: HTMLElement | null): HTMLElement[] {
  return [...(root?.querySelectorAll<HTMLElement>('[role=menuitem]') ?? [])];
}

/** Where the focus goes from item `at` of `count`; `null` where the key means nothing to a menu. */
function placeFor(key: string, at: number, count: number): number | null {
  switch (key) {
    case 'ArrowDown':
      return (at + 1) % count;
    case 'ArrowUp':
      return (at - 1 + count) % count;
    case 'Home':
      return 0;
    case 'End':
      return count - 1;
    default:
      return null;
  }
}
