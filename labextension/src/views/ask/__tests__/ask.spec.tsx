import { nullTranslator } from '@jupyterlab/translation';
import React from 'react';
import { createRoot, type Root } from 'react-dom/client';
import { afterEach, describe, expect, it, vi } from 'vitest';

import {
  type IAskOptions,
  type ITransport,
  TransportError
} from '../../../transport';
import type { IAnswer, IAskRequest } from '../../../types';
import type { IAskViewProps } from '../../props';
import { AskView } from '../view';
import { ANSWER, hostOf, SALES, transportOf } from './answers';

const trans = nullTranslator.load('insights_ext');

let root: Root | undefined;
let page: HTMLElement;

function show(props: Partial<IAskViewProps> = {}): HTMLElement {
  page = document.createElement('div');
  document.body.append(page);
  root = createRoot(page);
  root.render(
    <AskView
      dataset={SALES}
      transport={transportOf({})}
      host={hostOf()}
      trans={trans}
      languageCode="en"
      {...props}
    />
  );
  return page;
}

afterEach(() => {
  root?.unmount();
  page.remove();
});

/** The element that matches and says this, as soon as it is there. */
function found(selector: string, text = ''): Promise<HTMLElement> {
  return vi.waitFor(() => {
    const match = [...page.querySelectorAll<HTMLElement>(selector)].find(node =>
      node.textContent.includes(text)
    );
    if (!match) {
      throw new Error(`no ${selector} with ${text} in ${page.innerHTML}`);
    }
    return match;
  });
}

const click = async (selector: string, text = ''): Promise<void> => {
  (await found(selector, text)).click();
};

async function typed(text: string, key = 'Enter'): Promise<void> {
  const box = await found('textarea.jp-InsightsAsk-box');
  enter(box as HTMLTextAreaElement, text);
  await vi.waitFor(() => {
    expect((box as HTMLTextAreaElement).value).toBe(text);
  });
  box.dispatchEvent(new KeyboardEvent('keydown', { key, bubbles: true }));
}

/** Type as a person does: React hears the native setter only. */
function enter(field: HTMLTextAreaElement | HTMLInputElement, text: string) {
  const prototype = Object.getPrototypeOf(field) as object;
  Reflect.set(prototype, 'value', text, field);
  field.dispatchEvent(new Event('input', { bubbles: true }));
}

describe('AskView', () => {
  it('suggests questions, and a click asks one', async () => {
    const ask = vi.fn<ITransport['ask']>(() => Promise.resolve(ANSWER));
    const onAnswer = vi.fn();
    show({ transport: transportOf({ ask }), onAnswer });
    await click('[aria-label="Suggested questions"] button', 'total amount');
    await found('.jp-InsightsAsk-question', 'total amount by region');
    await found('td', '54,101.54');
    expect(ask.mock.calls[0][0]).toMatchObject({
      question: 'total amount by region',
      datasets: ['sales']
    });
    expect(onAnswer).toHaveBeenCalledWith(ANSWER);
    expect(page.querySelector('[aria-label="Suggested questions"]')).toBeNull();
  });

  it('keeps all questions of a conversation in one thread, and begins another when asked', async () => {
    const threads: unknown[] = [];
    const ask = (request: IAskRequest) => {
      threads.push(request.thread);
      return Promise.resolve({ ...ANSWER, question: request.question });
    };
    show({ transport: transportOf({ ask }) });
    await typed('first');
    await found('.jp-InsightsAsk-sentence');
    await typed('second');
    await vi.waitFor(() => {
      expect(page.querySelectorAll('.jp-InsightsAsk-sentence')).toHaveLength(2);
    });
    await click('button', 'New conversation');
    await found('[aria-label="Suggested questions"]');
    await typed('third');
    await found('.jp-InsightsAsk-sentence');
    expect(threads[0]).toBe(threads[1]);
    expect(threads[2]).not.toBe(threads[0]);
  });

  it('shows the steps and the sentence as they come, and says them', async () => {
    let options: IAskOptions | undefined;
    let answer: (answer: IAnswer) => void = () => undefined;
    const ask = (_: IAskRequest, given?: IAskOptions) => {
      options = given;
      return new Promise<IAnswer>(resolve => {
        answer = resolve;
      });
    };
    show({ transport: transportOf({ ask }) });
    await typed('how many');
    await found('.jp-InsightsAsk-steps', 'Asking');
    const step = { step: 'run', progress: null, text: null };
    options?.onStep?.({ ...step, message: 'Reading the question' });
    options?.onStep?.({ ...step, message: 'Running the query' });
    await found('li[data-state=done]', 'Reading the question');
    await found('li[data-state=now]', 'Running the query');
    await found('[role=status]', 'Running the query');
    options?.onStep?.({ ...step, message: '', text: 'North ' });
    options?.onStep?.({ ...step, message: '', text: 'leads.' });
    await found('.jp-InsightsAsk-sentence', 'North leads.');
    answer(ANSWER);
    await found('[role=status]', ANSWER.text);
    await click('.jp-InsightsAsk-toggle', 'Steps');
    await found('.jp-InsightsAsk-facts', 'Running the query 200 ms');
  });

  it('offers the readings of an unclear question as buttons', async () => {
    const unclear: IAnswer = {
      ...ANSWER,
      id: 'a0',
      status: 'clarification',
      text: 'Which amount do you mean?',
      numbers: [],
      sql: null,
      chart: null,
      columns: [],
      rows: [],
      choices: [{ label: trans.__('the total'), question: 'total amount' }]
    };
    const asked: string[] = [];
    const ask = ({ question }: IAskRequest) => {
      asked.push(question);
      return Promise.resolve(question === 'amount' ? unclear : ANSWER);
    };
    show({ transport: transportOf({ ask }) });
    await typed('amount');
    await click('[aria-label="What do you mean?"] button', 'the total');
    await found('td', 'North');
    expect(asked).toEqual(['amount', 'total amount']);
    const [choice] = page.querySelectorAll<HTMLButtonElement>(
      '.jp-InsightsAsk-choice'
    );
    expect(choice.disabled).toBe(true);
  });

  it('stops a question by Escape and asks it again', async () => {
    let calls = 0;
    const ask = (_: IAskRequest, { signal }: IAskOptions = {}) => {
      calls += 1;
      return calls > 1
        ? Promise.resolve(ANSWER)
        : new Promise<IAnswer>((_resolve, reject) => {
            signal?.addEventListener('abort', () => {
              reject(Object.assign(new Error(), { name: 'AbortError' }));
            });
          });
    };
    show({ transport: transportOf({ ask }) });
    await typed('slow');
    const box = await found('textarea');
    box.dispatchEvent(
      new KeyboardEvent('keydown', { key: 'Escape', bubbles: true })
    );
    await found('article', 'Stopped.');
    await click('article button', 'Ask again');
    await found('td', 'North');
  });

  it('shows message, hint and request of an error, and tries again', async () => {
    let calls = 0;
    const failure = {
      message: 'The question took longer than allowed.',
      code: 'timeout',
      hint: 'Ask for less.',
      request_id: 'r9'
    };
    const ask = () => {
      calls += 1;
      return calls > 1
        ? Promise.resolve(ANSWER)
        : Promise.reject(new TransportError(failure, 504));
    };
    show({ transport: transportOf({ ask }) });
    await typed('everything');
    const alert = await found('[role=alert]');
    expect(alert.textContent).toContain('longer than allowed');
    expect(alert.textContent).toContain('Ask for less.');
    expect(alert.textContent).toContain('r9');
    await click('[role=alert] button', 'Try again');
    await found('td', 'North');
  });

  it('says on focus where a number of the sentence comes from', async () => {
    show();
    await typed('total');
    const number = await found('.jp-InsightsAsk-number', '146,522');
    number.focus();
    const tip = await found('[role=tooltip]', 'the sum of column amount');
    expect(number.getAttribute('aria-describedby')).toBe(tip.id);
    number.blur();
    await vi.waitFor(() => {
      expect(page.querySelector('[role=tooltip]')).toBeNull();
    });
  });

  it('shows every hostile text as text', async () => {
    const hostile = '<img src=x onerror="alert(1)"><script>alert(2)</script>';
    const answer: IAnswer = {
      ...ANSWER,
      question: hostile,
      text: hostile,
      columns: [{ name: hostile, type: 'VARCHAR', nullable: true }],
      rows: [[hostile]],
      chart: null,
      warnings: [hostile],
      evidence: [
        { kind: hostile, phrase: hostile, target: null, detail: hostile }
      ],
      confidence: [hostile],
      numbers: [{ text: 'src', value: 1, origin: hostile }],
      choices: [{ label: hostile, question: hostile }]
    };
    show({ transport: transportOf({ ask: () => Promise.resolve(answer) }) });
    await typed(hostile);
    await found('td', hostile);
    await click('.jp-InsightsAsk-toggle', 'Evidence');
    await found('.jp-InsightsAsk-facts', hostile);
    (await found('.jp-InsightsAsk-number')).focus();
    await found('[role=tooltip]', hostile);
    expect(page.querySelector('img, script')).toBeNull();
  });

  it('runs changed SQL through the guard and goes back to the answer', async () => {
    const query = vi.fn(() =>
      Promise.resolve({
        columns: [{ name: 'n', type: 'BIGINT', nullable: true }],
        rows: [[1500]],
        total_rows: 1,
        truncated: false,
        warnings: [],
        sql: 'SELECT 1',
        request_id: 'r'
      })
    );
    show({ transport: transportOf({ query }) });
    await typed('total');
    await click('.jp-InsightsAsk-toggle', 'SQL');
    const editor = (await found(
      '.jp-InsightsAsk-editor textarea'
    )) as HTMLTextAreaElement;
    expect(editor.value.replaceAll('\n', ' ')).toBe(ANSWER.sql);
    expect(editor.readOnly).toBe(true);
    await click('button', 'Edit and run');
    expect(editor.readOnly).toBe(false);
    enter(editor, 'SELECT count(*) AS n FROM sales');
    await click('.jp-InsightsAsk-sql button', 'Run');
    await found('.jp-InsightsAsk-sql td', '1,500');
    expect(query).toHaveBeenCalledWith(
      { sql: 'SELECT count(*) AS n FROM sales', datasets: ['sales'] },
      expect.any(AbortSignal)
    );
    await click('button', 'Back to the answer');
    expect(editor.value.replaceAll('\n', ' ')).toBe(ANSWER.sql);
  });

  it('inserts a cell by keyboard, and copies it where there is no notebook', async () => {
    const host = hostOf();
    host.insertIntoNotebook.mockResolvedValueOnce(true);
    show({ host });
    await typed('total');
    await click('button', 'Insert into notebook');
    const first = await found('[role=menuitem]', 'As a question');
    await vi.waitFor(() => {
      expect(document.activeElement).toBe(first);
    });
    first.click();
    await found('.jp-InsightsAsk-notice', 'Inserted');
    const source = '%%insight sales\ntotal amount by region';
    expect(host.insertIntoNotebook).toHaveBeenCalledWith(source);

    host.insertIntoNotebook.mockResolvedValueOnce(false);
    await click('button', 'Insert into notebook');
    await click('[role=menuitem]', 'As a question');
    await found('.jp-InsightsAsk-notice', 'Copied');
    expect(host.copy).toHaveBeenCalledWith(source);
  });

  it('sends the result to the kernel under the name that was typed', async () => {
    const host = hostOf();
    show({ host });
    await typed('total');
    await click('button', 'Send to kernel');
    const input = (await found('form input')) as HTMLInputElement;
    expect(input.value).toBe('total_amount_by_region');
    enter(input, '2 good');
    const send = (await found('form button', 'Send')) as HTMLButtonElement;
    await vi.waitFor(() => {
      expect(send.disabled).toBe(true);
    });
    enter(input, 'regions');
    await vi.waitFor(() => {
      expect(send.disabled).toBe(false);
    });
    send.click();
    await found('.jp-InsightsAsk-notice', 'The kernel has it as regions.');
    expect(host.sendToKernel).toHaveBeenCalledWith('a1', 'regions');
  });

  it('downloads the full result, and the chart as a picture', async () => {
    const host = hostOf();
    show({ host });
    await typed('total');
    await found('.jp-InsightsAsk-canvas', 'chart');
    await click('button', 'Download');
    await click('[role=menuitem]', 'Parquet');
    expect(host.download).toHaveBeenCalledWith({
      answer: 'a1',
      filename: 'total_amount_by_region',
      format: 'parquet'
    });
    await click('button', 'Download');
    await click('[role=menuitem]', 'Picture');
    await vi.waitFor(() => {
      expect(host.save.mock.calls[0][0]).toBe('total_amount_by_region.png');
    });
  });

  it('sends feedback with its note and marks the answer', async () => {
    const feedback = vi.fn(() =>
      Promise.resolve({
        answer_id: 'a1',
        verdict: 'good' as const,
        note: 'exact',
        saved: true,
        detail: 'Saved in insights.yaml.',
        created_at: ''
      })
    );
    show({ transport: transportOf({ feedback }) });
    await typed('total');
    await click('button[aria-label="Good answer"]');
    enter((await found('form input')) as HTMLInputElement, ' exact ');
    await click('button', 'Send feedback');
    await found('.jp-InsightsAsk-notice', 'insights.yaml');
    expect(feedback.mock.calls[0]).toMatchObject([
      'a1',
      { verdict: 'good', note: 'exact' }
    ]);
    await found('button[aria-label="Good answer"][aria-pressed=true]');
  });

  it('goes on with the answers of another time', async () => {
    const onStored = vi.fn();
    const answer = (id: string) =>
      id === 'gone'
        ? Promise.reject(
            new TransportError({
              message: '',
              code: 'answer_not_found',
              hint: null,
              request_id: null
            })
          )
        : Promise.resolve({ ...ANSWER, id });
    show({
      transport: transportOf({ answer }),
      stored: ['gone', 'a7'],
      onStored
    });
    await found('td', 'North');
    expect(page.querySelectorAll('article')).toHaveLength(1);
    await vi.waitFor(() => {
      expect(onStored).toHaveBeenLastCalledWith(['a7']);
    });
  });

  it('asks anew what was given again from the store', async () => {
    const asked: IAskRequest[] = [];
    const ask = (request: IAskRequest) => {
      asked.push(request);
      return Promise.resolve({ ...ANSWER, replayed: !request.refresh });
    };
    show({ transport: transportOf({ ask }) });
    await typed('total');
    await click('button', 'Ask anew');
    await vi.waitFor(() => {
      expect(asked.map(({ refresh }) => refresh)).toEqual([false, true]);
    });
  });

  it('brings back earlier questions by the arrow keys', async () => {
    show();
    await typed('first question');
    await found('td', 'North');
    const box = (await found(
      'textarea.jp-InsightsAsk-box'
    )) as HTMLTextAreaElement;
    await vi.waitFor(() => {
      expect(box.value).toBe('');
    });
    box.dispatchEvent(
      new KeyboardEvent('keydown', { key: 'ArrowUp', bubbles: true })
    );
    await vi.waitFor(() => {
      expect(box.value).toBe('first question');
    });
  });
});
