import { nullTranslator } from '@jupyterlab/translation';
import React, { act } from 'react';
import { createRoot, type Root } from 'react-dom/client';

import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';

import type { IDataset } from '../../../types';
import { ImportNotices, noticesOf } from '../notices';
import { otherSheets, SheetChoice, sheetOption } from '../sheets';

const trans = nullTranslator.load('insights_ext');
const LEFT_OUT = "Sheet 'Suppliers' was read; left out: 'Paid 2024'.";
const WORKBOOK = {
  name: 'shop',
  content_sha256: 'c1',
  warnings: [LEFT_OUT, 'Blank lines were skipped.'],
  metadata: { sheets: ['Suppliers', 'Paid 2024', '7'], sheet: 'Suppliers' }
} as unknown as IDataset;

let place: HTMLElement;
let root: Root;

beforeEach(() => {
  Object.assign(globalThis, { IS_REACT_ACT_ENVIRONMENT: true });
  place = document.createElement('div');
  document.body.append(place);
  root = createRoot(place);
});

afterEach(() => {
  act(() => {
    root.unmount();
  });
  place.remove();
});

function draw(element: React.ReactElement): void {
  act(() => {
    root.render(element);
  });
}

function click(label: string): void {
  const button = [...place.querySelectorAll('button')].find(
    each => each.textContent === label
  );
  act(() => {
    button?.click();
  });
}

describe('what the import says', () => {
  const notices = (dataset: IDataset) => (
    <ImportNotices
      dataset={dataset}
      hasSheets
      trans={trans}
      languageCode="en"
    />
  );

  it('is one line that opens, and stays away once it is dismissed', () => {
    draw(notices(WORKBOOK));
    expect(place.textContent).toContain(LEFT_OUT);
    expect(place.textContent).not.toContain('Blank lines');
    click('1 more');
    expect(place.querySelectorAll('li')).toHaveLength(2);
    click('×');
    expect(place.textContent).toBe('');
    draw(notices({ ...WORKBOOK, name: 'renamed' }));
    expect(place.textContent).toBe('');
    draw(notices({ ...WORKBOOK, content_sha256: 'c2' }));
    expect(place.textContent).toContain(LEFT_OUT);
  });

  it('is nothing where the file was clean', () => {
    draw(notices({ ...WORKBOOK, warnings: [] }));
    expect(place.childElementCount).toBe(0);
  });

  it('says how another sheet is read where none can be chosen', () => {
    expect(noticesOf(WORKBOOK, true, trans)).toEqual(WORKBOOK.warnings);
    expect(noticesOf(WORKBOOK, false, trans).at(-1)).toContain(
      '%insight upload FILE --sheet "Paid 2024" --name NAME'
    );
    const single = { ...WORKBOOK, metadata: { sheets: ['A'], sheet: 'A' } };
    expect(noticesOf(single as IDataset, false, trans)).toHaveLength(2);
  });
});

describe('the sheets of a workbook', () => {
  it('are offered, and the one chosen is read', async () => {
    const onSheet = vi.fn(() => Promise.reject(new Error('not so')));
    const onError = vi.fn();
    draw(
      <SheetChoice
        dataset={WORKBOOK}
        trans={trans}
        onSheet={onSheet}
        onError={onError}
      />
    );
    const select = place.querySelector('select');
    expect(select?.value).toBe('Suppliers');
    await act(async () => {
      if (select) {
        select.value = 'Paid 2024';
        select.dispatchEvent(new Event('change', { bubbles: true }));
      }
      await Promise.resolve();
    });
    expect(onSheet).toHaveBeenCalledWith('Paid 2024');
    expect(onError).toHaveBeenCalledOnce();
    expect(place.querySelector('select')?.value).toBe('Suppliers');
    expect(otherSheets(WORKBOOK)).toEqual(['Paid 2024', '7']);
  });

  it('are asked for by position where the name is a number', () => {
    expect(sheetOption(['Suppliers', '7'], '7')).toBe(1);
    expect(sheetOption(['Suppliers', '7'], 'Suppliers')).toBe('Suppliers');
  });
});
