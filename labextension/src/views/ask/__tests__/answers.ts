/** Answers, a transport that gives them, and a host that writes down what it is asked to do. */

import { vi } from 'vitest';

import type { ITransport } from '../../../transport';
import type { IAnswer, IDataset } from '../../../types';
import type { IViewHost } from '../../host';

export const SALES = {
  id: 'd1',
  name: 'sales',
  state: 'completed',
  row_count: 1500,
  column_count: 2,
  content_sha256: 'c1'
} as IDataset;

export const ANSWER: IAnswer = {
  id: 'a1',
  request_id: 'r1',
  question: 'total amount by region',
  status: 'answered',
  text: 'North (54,102) has the highest total amount; together 146,522.',
  planner: 'rules',
  datasets: ['sales'],
  thread: null,
  sql: 'SELECT "region", SUM("amount") AS "amount" FROM "sales" GROUP BY "region"',
  columns: [
    { name: 'region', type: 'VARCHAR', nullable: true },
    { name: 'amount', type: 'DOUBLE', nullable: true }
  ],
  rows: [
    ['North', 54101.54],
    ['West', null]
  ],
  total_rows: 2,
  truncated: false,
  chart: { mark: 'bar', description: 'Bar chart: total amount by region.' },
  evidence: [
    {
      kind: 'column',
      phrase: 'amount',
      target: 'amount',
      detail: 'amount → column amount'
    }
  ],
  numbers: [
    { text: '54,102', value: 54102, origin: 'column amount, row 1' },
    { text: '146,522', value: 146522, origin: 'the sum of column amount' }
  ],
  choices: [],
  steps: [],
  confidence: ['every word was understood'],
  model: null,
  ledger: [],
  replayed: false,
  feedback: null,
  warnings: [],
  timings: { plan: 0.012, run: 0.2 },
  created_at: null
};

/** A transport of which only what is given can be called. */
export function transportOf(methods: Partial<ITransport>): ITransport {
  const known: Partial<ITransport> = {
    suggestions: () =>
      Promise.resolve({
        name: 'sales',
        suggestions: ['total amount by region', 'how many rows']
      }),
    ask: () => Promise.resolve(ANSWER),
    ...methods
  };
  return known as ITransport;
}

export function hostOf() {
  return {
    insertIntoNotebook: vi.fn<IViewHost['insertIntoNotebook']>(() =>
      Promise.resolve(true)
    ),
    sendToKernel: vi.fn<IViewHost['sendToKernel']>(() => Promise.resolve(true)),
    openDataset: vi.fn<IViewHost['openDataset']>(),
    download: vi.fn<IViewHost['download']>(() => Promise.resolve()),
    save: vi.fn<IViewHost['save']>(),
    copy: vi.fn<IViewHost['copy']>(() => Promise.resolve()),
    renderChart: vi.fn<IViewHost['renderChart']>((_spec, node) => {
      node.append('chart');
      return Promise.resolve({
        png: () => Promise.resolve(new Blob(['png'])),
        dispose: () => undefined
      });
    }),
    createSqlEditor: vi.fn<IViewHost['createSqlEditor']>((node, options) => {
      const area = document.createElement('textarea');
      area.value = options.value;
      area.readOnly = options.readOnly;
      area.addEventListener('input', () => options.onChange?.(area.value));
      node.append(area);
      return {
        setValue: value => {
          area.value = value;
        },
        setReadOnly: readOnly => {
          area.readOnly = readOnly;
        },
        focus: () => {
          area.focus();
        },
        dispose: () => {
          area.remove();
        }
      };
    }),
    onThemeChange: () => () => undefined
  } satisfies IViewHost;
}
