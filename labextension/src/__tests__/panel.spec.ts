import { ServerConnection } from '@jupyterlab/services';
import { nullTranslator } from '@jupyterlab/translation';
import { Widget } from '@lumino/widgets';
import { afterEach, describe, expect, it, vi } from 'vitest';

import { InsightsPanel } from '../sidebar/panel';
import { RestTransport } from '../rest/transport';
import type { IRowActions } from '../sidebar/row';
import { DatasetsModel } from '../sidebar/model';
import { UploadQueue } from '../uploads/queue';

const SALES = {
  id: '1',
  name: 'sales',
  state: 'completed',
  filename: 'sales.csv',
  size_bytes: 3_240_000,
  row_count: 1500,
  column_count: 12,
  error: null
};

let panel: InsightsPanel | undefined;
let model: DatasetsModel | undefined;
const actions: Partial<IRowActions> = {};

type Answer = () => Response | Promise<Response>;

/** A panel on the page whose server gives these answers to the list of datasets, the last one for ever. */
function show(...answers: [Answer, ...Answer[]]): HTMLElement {
  const [first, ...later] = answers;
  let answer = first;
  const settings = ServerConnection.makeSettings({
    baseUrl: 'http://localhost:8888/',
    fetch: input => {
      if (!(input as Request).url.includes('/datasets')) {
        return Promise.resolve(new Response('', { status: 404 }));
      }
      const response = Promise.resolve(answer());
      answer = later.shift() ?? answer;
      return response;
    }
  });
  const transport = new RestTransport(settings);
  model = new DatasetsModel({ transport });
  panel = new InsightsPanel({
    model,
    queue: new UploadQueue(transport),
    actions: {
      open: vi.fn(),
      rename: vi.fn(),
      replace: vi.fn(),
      delete: vi.fn(),
      ...actions
    },
    onUpload: vi.fn(),
    translator: nullTranslator
  });
  panel.hide();
  Widget.attach(panel, document.body);
  panel.show();
  return panel.node;
}

const list =
  (...datasets: object[]) =>
  () =>
    Response.json({ datasets, total: datasets.length });

const failing = () =>
  Response.json(
    {
      message: 'The catalog cannot be opened.',
      code: 'catalog_unavailable',
      hint: 'Free some disk space.',
      request_id: 'r-1'
    },
    { status: 503 }
  );

const textOf = (node: HTMLElement, selector: string) =>
  node.querySelector(selector)?.textContent;

afterEach(() => {
  panel?.dispose();
  model?.dispose();
});

describe('InsightsPanel', () => {
  it('is called Insights, for eyes and for screen readers', () => {
    const node = show(list());
    expect(panel?.title.caption).toBe('Insights');
    expect(node.getAttribute('aria-label')).toBe('Insights');
    expect(textOf(node, 'h2')).toBe('Insights');
  });

  it('says that it is loading, then shows each dataset', async () => {
    let resolve: (response: Response) => void = () => undefined;
    const node = show(
      () =>
        new Promise(settle => {
          resolve = settle;
        })
    );
    await vi.waitFor(() => {
      expect(textOf(node, '[role=status]')).toContain('Loading');
    });
    resolve(list(SALES)());
    await vi.waitFor(() => {
      expect(textOf(node, '.jp-Insights-name')).toBe('sales');
    });
    const measures = [
      ...node.querySelectorAll('.jp-Insights-row .jp-Insights-measures > span')
    ];
    expect(measures.map(span => span.textContent)).toEqual([
      '1,500 rows',
      '12 columns',
      '3.2 MB'
    ]);
    expect(node.querySelector('[role=status]')).toBeNull();
  });

  it('says how to upload when there is nothing', async () => {
    const node = show(list());
    await vi.waitFor(() => {
      expect(textOf(node, '[role=status]')).toContain(
        '%insight upload file.csv'
      );
    });
  });

  it('shows why a dataset failed', async () => {
    const failed = {
      ...SALES,
      state: 'failed',
      row_count: null,
      error: { message: 'Row 7 has 3 fields instead of 4.' }
    };
    const node = show(list(failed));
    await vi.waitFor(() => {
      expect(textOf(node, '.jp-Insights-reason')).toBe(
        'Row 7 has 3 fields instead of 4.'
      );
    });
    expect(node.textContent).not.toContain('rows');
  });

  it('shows message, hint and request of an error, and tries again when asked', async () => {
    const node = show(failing, list(SALES));
    await vi.waitFor(() => {
      expect(node.querySelector('[role=alert]')).not.toBeNull();
    });
    const alert = textOf(node, '[role=alert]');
    expect(alert).toContain('The catalog cannot be opened.');
    expect(alert).toContain('Free some disk space.');
    expect(alert).toContain('r-1');

    node.querySelector<HTMLButtonElement>('[role=alert] button')?.click();
    await vi.waitFor(() => {
      expect(textOf(node, '.jp-Insights-name')).toBe('sales');
    });
    expect(node.querySelector('[role=alert]')).toBeNull();
  });

  it('keeps the last good list when a later reading fails', async () => {
    const node = show(list(SALES), failing);
    await vi.waitFor(() => {
      expect(textOf(node, '.jp-Insights-name')).toBe('sales');
    });
    await model?.refresh();
    await vi.waitFor(() => {
      expect(node.querySelector('[role=alert]')).not.toBeNull();
    });
    expect(textOf(node, '.jp-Insights-name')).toBe('sales');
  });

  it('shows hostile names as text', async () => {
    const name = '<img src=x onerror=alert(1)>';
    const node = show(list({ ...SALES, name }));
    await vi.waitFor(() => {
      expect(textOf(node, '.jp-Insights-name')).toBe(name);
    });
    expect(node.querySelector('img')).toBeNull();
  });
});
