/** The module that anywidget loads: the views of `InsightsExplorer`. */

import React from 'react';
import { createRoot } from 'react-dom/client';

import { Explorer } from './app';
import { Calls } from './calls';
import { WidgetHost } from './host';
import type { IExplorerModel } from './model';
import { plainWords } from './translation';
import { CommTransport } from './transport';

interface IRenderContext {
  model: IExplorerModel;
  el: HTMLElement;
}

/** Show the explorer in `el`; returns what takes it away. */
function render({ model, el }: IRenderContext): () => void {
  const trans = plainWords;
  const languageCode = document.documentElement.lang || 'en';
  const node = document.createElement('div');
  node.className = 'jp-Insights jp-InsightsWidget';
  // Letters typed here are words, not commands of the notebook.
  node.dataset.lmSuppressShortcuts = 'true';
  node.toggleAttribute('data-plain', !hasTheme());
  el.append(node, hiding(model.get('static')));

  const fit = (): void => {
    node.style.height = `${model.get('height')}px`;
  };
  fit();
  model.on('change:height', fit);

  const calls = new Calls(model, {
    message: trans.__('The kernel does not answer.'),
    code: 'kernel_silent',
    hint: trans.__(
      'It may be busy with a cell, or not running. Run the cell again.'
    ),
    request_id: null
  });
  const transport = new CommTransport(calls, trans);
  const host = new WidgetHost({ model, calls, transport, node });
  const root = createRoot(node);
  root.render(
    <Explorer
      model={model}
      transport={transport}
      host={host}
      trans={trans}
      languageCode={languageCode}
    />
  );
  return () => {
    root.unmount();
    calls.dispose();
    model.off('change:height', fit);
  };
}

/** A style that hides what stands for the views where they cannot be had; it goes with them. */
function hiding(name: string): HTMLStyleElement {
  const style = document.createElement('style');
  const mark = `.${CSS.escape(name)}`;
  style.textContent = `${mark}, .jp-OutputArea-child:has(${mark}) { display: none; }`;
  return style;
}

/** Whether the page has JupyterLab's colours; elsewhere the style sheet makes some. */
function hasTheme(): boolean {
  const style = getComputedStyle(document.documentElement);
  return style.getPropertyValue('--jp-layout-color1') !== '';
}

export default { render };
