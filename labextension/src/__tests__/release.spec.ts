import { Widget } from '@lumino/widgets';
import { describe, expect, it } from 'vitest';

import { release, settle } from '../views/shared/release';

class Heard extends Widget {
  readonly heard: string[] = [];

  protected override onBeforeDetach(): void {
    this.heard.push('before-detach');
  }

  protected override onAfterDetach(): void {
    this.heard.push('after-detach');
  }
}

function attached(): { widget: Heard; place: HTMLElement } {
  const place = document.createElement('div');
  document.body.append(place);
  const widget = new Heard();
  Widget.attach(widget, place);
  return { widget, place };
}

describe('release', () => {
  it('ends a widget whose place React has taken away, which Lumino alone refuses', () => {
    const { widget: alone, place: gone } = attached();
    gone.remove();
    expect(() => {
      alone.dispose();
    }).toThrow('not attached');

    const { widget, place } = attached();
    place.remove();
    release(widget);
    expect(widget.isDisposed).toBe(true);
    expect(widget.isAttached).toBe(false);
    expect(widget.heard).toEqual(['before-detach', 'after-detach']);
  });

  it('ends a widget that is still in the page, telling it once', () => {
    const { widget, place } = attached();
    release(widget);
    expect(widget.isDisposed).toBe(true);
    expect(widget.heard).toEqual(['before-detach', 'after-detach']);
    expect(place.childElementCount).toBe(0);
  });

  it('leaves what is attached as it is', () => {
    const { widget } = attached();
    settle(widget);
    expect(widget.isAttached).toBe(true);
    widget.dispose();
  });
});
