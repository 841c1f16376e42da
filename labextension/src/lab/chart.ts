/** Charts, drawn by JupyterLab's own Vega renderer, which knows the theme. */

import type { IRenderMimeRegistry } from '@jupyterlab/rendermime';
import type { ReadonlyPartialJSONObject } from '@lumino/coreutils';
import { Widget } from '@lumino/widgets';

import type { IDrawnChart } from '../views/host';
import { release } from '../views/shared/release';

const VEGA_LITE = 'application/vnd.vegalite.v5+json';

/**
 * What belongs to this place, not to the chart: the ground of the page shows through, and Vega's own menu,
 * which would send the data to a site of Vega's, is left out.
 */
const HERE = {
  background: 'transparent',
  usermeta: { embedOptions: { actions: false } }
};

export async function renderChart(
  rendermime: IRenderMimeRegistry,
  spec: Record<string, unknown>,
  node: HTMLElement,
  alternative: string
): Promise<IDrawnChart> {
  const model = rendermime.createModel({
    data: { [VEGA_LITE]: { ...spec, ...HERE } as ReadonlyPartialJSONObject }
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
      return typeof data === 'string'
        ? onGround(fromBase64(data), node)
        : Promise.resolve(null);
    },
    dispose: () => {
      release(renderer);
    }
  };
}

/** The picture on the ground on which it is seen: the letters of a dark theme would be lost on a white one. */
async function onGround(picture: Blob, node: HTMLElement): Promise<Blob> {
  const bitmap = await createImageBitmap(picture);
  const canvas = document.createElement('canvas');
  canvas.width = bitmap.width;
  canvas.height = bitmap.height;
  const gc = canvas.getContext('2d');
  if (!gc) {
    return picture;
  }
  const style = getComputedStyle(node);
  gc.fillStyle = style.getPropertyValue('--jp-layout-color1').trim();
  gc.fillRect(0, 0, canvas.width, canvas.height);
  gc.drawImage(bitmap, 0, 0);
  bitmap.close();
  return new Promise(resolve => {
    canvas.toBlob(made => {
      resolve(made ?? picture);
    }, 'image/png');
  });
}

function fromBase64(text: string): Blob {
  const bytes = Uint8Array.from(atob(text), char => char.charCodeAt(0));
  return new Blob([bytes], { type: 'image/png' });
}
