/** Charts in a notebook: drawn by the notebook's own renderer where it can be reached, else as a picture. */

import { Widget } from '@lumino/widgets';

import type { IDrawnChart } from '../views/host';
import { settle } from '../views/shared/release';
import type { Calls } from './calls';
import type { IExplorerModel, IWidgetView } from './model';

/** How long the notebook's renderer has for a drawing. */
const DRAWING_MS = 6_000;
const DRAWINGS = 'canvas, svg, img';

type Specification = Record<string, unknown>;

export async function renderChart(
  model: IExplorerModel,
  calls: Calls,
  spec: Specification,
  node: HTMLElement,
  alternative: string
): Promise<IDrawnChart> {
  const picture = async (): Promise<string> => {
    const { body } = await calls.call('picture', { spec });
    return (body as { png: string }).png;
  };
  try {
    return await liveChart(model, calls, spec, node, alternative, picture);
  } catch {
    const image = document.createElement('img');
    image.alt = alternative;
    const png = await picture();
    image.src = `data:image/png;base64,${png}`;
    node.replaceChildren(image);
    return {
      png: () => Promise.resolve(blobOf(png)),
      dispose: () => {
        image.remove();
      }
    };
  }
}

/** The kernel makes an output of the chart, and the notebook shows it as it shows every output. */
async function liveChart(
  model: IExplorerModel,
  calls: Calls,
  spec: Specification,
  node: HTMLElement,
  alternative: string,
  picture: () => Promise<string>
): Promise<IDrawnChart> {
  const manager = model.widget_manager;
  if (!manager?.get_model || !manager.create_view) {
    throw new Error('no widget manager');
  }
  const { body } = await calls.call('chart', { spec });
  const { model_id } = body as { model_id: string };
  const place = document.createElement('div');
  place.setAttribute('role', 'img');
  place.setAttribute('aria-label', alternative);
  node.replaceChildren(place);
  let view: IWidgetView | null = null;
  const dispose = (): void => {
    const widget = view?.luminoWidget ?? view?.pWidget;
    if (widget) {
      settle(widget);
    }
    view?.remove?.();
    place.remove();
    // Nobody waits for it; where the kernel is gone, so is the output.
    calls.call('forget', { model_id }).catch(() => undefined);
  };
  try {
    view = await manager.create_view(await manager.get_model(model_id));
    attach(view, place);
    await drawn(place);
  } catch (error) {
    dispose();
    throw error;
  }
  return {
    png: async () => {
      const canvas = place.querySelector('canvas');
      return canvas ? pictureOf(canvas) : blobOf(await picture());
    },
    dispose
  };
}

function attach(view: IWidgetView, place: HTMLElement): void {
  const widget = view.luminoWidget ?? view.pWidget;
  if (widget) {
    // It comes from the page's copy of Lumino; attaching is a matter of messages, which are the same.
    Widget.attach(widget, place);
  } else {
    place.append(view.el);
  }
}

/** Wait for something to be seen. */
function drawn(place: HTMLElement): Promise<void> {
  return new Promise((resolve, reject) => {
    const observer = new MutationObserver(() => {
      if (place.querySelector(DRAWINGS)) {
        end(resolve);
      }
    });
    const timer = window.setTimeout(() => {
      end(() => {
        reject(new Error('nothing was drawn'));
      });
    }, DRAWING_MS);
    const end = (how: () => void): void => {
      observer.disconnect();
      window.clearTimeout(timer);
      how();
    };
    observer.observe(place, { childList: true, subtree: true });
    if (place.querySelector(DRAWINGS)) {
      end(resolve);
    }
  });
}

function pictureOf(canvas: HTMLCanvasElement): Promise<Blob | null> {
  return new Promise(resolve => {
    canvas.toBlob(resolve, 'image/png');
  });
}

function blobOf(base64: string): Blob {
  const bytes = Uint8Array.from(atob(base64), char => char.charCodeAt(0));
  return new Blob([bytes], { type: 'image/png' });
}
