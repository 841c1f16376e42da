/** How wide columns are drawn: as their values need, between what can be read and what leaves room. */

import { numberFormat } from '../shared/format';
import type { IShownColumn } from './model';
import type { IPalette } from './palette';

const MIN_WIDTH = 104;
const MAX_WIDTH = 320;
const PADDING = 24;

export function columnWidth(
  column: IShownColumn,
  texts: readonly string[],
  palette: IPalette
): number {
  const head = measure(column.name, palette.headerFont) + 16;
  const foot = measure(column.type, palette.smallFont) + 64;
  const body = Math.max(0, ...texts.map(text => measure(text, palette.font)));
  const wanted = Math.max(head, Math.min(foot, 180), body) + PADDING;
  return Math.ceil(Math.min(MAX_WIDTH, Math.max(MIN_WIDTH, wanted)));
}

export function rowHeaderWidth(
  rowCount: number,
  languageCode: string,
  palette: IPalette
): number {
  const last = numberFormat(languageCode).format(rowCount);
  return Math.ceil(Math.max(44, measure(last, palette.smallFont) + PADDING));
}

let context: CanvasRenderingContext2D | null | undefined;

function measure(text: string, font: string): number {
  context ??= document.createElement('canvas').getContext('2d');
  if (!context) {
    return text.length * 8;
  }
  context.font = font;
  return context.measureText(text).width;
}
