/** Charts, drawn by JupyterLab's own Vega renderer, which knows the theme. */

import type { IRenderMimeRegistry } from '@jupyterlab/rendermime';
import type { ReadonlyPartialJSONObject } from '@lumino/coreutils';
import { Widget } from '@lumino/widgets';

import type { IDrawnChart } from '../views/host';

const VEGA_LITE = 'application/vnd.vegalite.v5+json';

export async function renderChart(
  rendermime: IRenderMimeRegistry,
  spec: Record<string, unknown>,
  node: HTMLElement,
  alternative: string
): Promise<IDrawnChart> {
  const model = rendermime.createModel({
    data: { [VEGA_LITE]: spec as ReadonlyPartialJSONObject }
  });
  const renderer = rendermime.createRenderer(VEGA_LITE);
  renderer.node.setAttribute('role', 'img');
  renderer.node.setAttribute('aria-label', alternative);
  Widget.attach(renderer, node);
  await renderer.renderModel(model);
  return {
    // The renderer adds the picture to the data it was given.
    png: () => {
      const data = model.data['image/png'];
      return Promise.resolve(
        typeof data === 'string' ? fromBase64(data) : null
      );
    },
    dispose: () => {
      renderer.dispose();
    }
  };
}

function fromBase64(text: string): Blob {
  const bytes = Uint8Array.from(atob(text), char => char.charCodeAt(0));
  return new Blob([bytes], { type: 'image/png' });
}
