/** Draws the head of a column: its name, its distribution, its type and the share of nulls. */

import { CellRenderer, type GraphicsContext } from '@lumino/datagrid';

import type { IColumnStats } from '../../types';
import type { IShownColumn } from './model';
import type { IPalette } from './palette';

export const HEADER_HEIGHT = 76;

const PADDING = 8;
const NAME_BASELINE = 19;
const CHART_TOP = 28;
const CHART_HEIGHT = 24;
const FOOT_BASELINE = 67;

/** What the head of a column shows beside its name. */
export interface IHeaderContent {
  column: IShownColumn;
  stats: IColumnStats | undefined;
  /** Which way the rows are sorted by it, if they are. */
  sort: 'ascending' | 'descending' | null;
  isFiltered: boolean;
  /** Share of nulls, written for the reader; empty until known. */
  nulls: string;
}

export class HeaderRenderer extends CellRenderer {
  constructor(content: (column: number) => IHeaderContent, palette: IPalette) {
    super();
    this._content = content;
    this._palette = palette;
  }

  paint(gc: GraphicsContext, config: CellRenderer.CellConfig): void {
    const content = this._content(config.column);
    const { x, y, width } = config;
    gc.fillStyle = this._palette.style.headerBackgroundColor ?? '';
    gc.fillRect(x, y, width, config.height);
    this._drawName(gc, content, x, y, width);
    if (content.stats) {
      const left = x + PADDING;
      const space = width - 2 * PADDING;
      drawDistribution(
        gc,
        content.stats,
        this._palette,
        left,
        y + CHART_TOP,
        space
      );
    }
    this._drawFoot(gc, content, x, y, width);
  }

  private _drawName(
    gc: GraphicsContext,
    content: IHeaderContent,
    x: number,
    y: number,
    width: number
  ): void {
    const marks =
      (content.isFiltered ? '⧩' : '') +
      (content.sort === null ? '' : content.sort === 'ascending' ? '▲' : '▼');
    let right = x + width - PADDING;
    gc.textBaseline = 'alphabetic';
    if (marks) {
      gc.font = this._palette.smallFont;
      gc.fillStyle = this._palette.accent;
      gc.textAlign = 'right';
      gc.fillText(marks, right, y + NAME_BASELINE);
      right -= gc.measureText(marks).width + 4;
    }
    gc.font = this._palette.headerFont;
    gc.fillStyle = this._palette.text;
    gc.textAlign = 'left';
    const name = fitted(gc, content.column.name, right - x - PADDING);
    gc.fillText(name, x + PADDING, y + NAME_BASELINE);
  }

  private _drawFoot(
    gc: GraphicsContext,
    content: IHeaderContent,
    x: number,
    y: number,
    width: number
  ): void {
    gc.font = this._palette.smallFont;
    gc.fillStyle = this._palette.quiet;
    gc.textBaseline = 'alphabetic';
    gc.textAlign = 'right';
    gc.fillText(content.nulls, x + width - PADDING, y + FOOT_BASELINE);
    const space = width - 3 * PADDING - gc.measureText(content.nulls).width;
    gc.textAlign = 'left';
    const type = fitted(gc, content.column.type.toLowerCase(), space);
    gc.fillText(type, x + PADDING, y + FOOT_BASELINE);
  }

  private readonly _content: (column: number) => IHeaderContent;
  private readonly _palette: IPalette;
}

/** A histogram where the column has one, else one bar with a piece for each of its most frequent values. */
function drawDistribution(
  gc: GraphicsContext,
  stats: IColumnStats,
  palette: IPalette,
  x: number,
  y: number,
  width: number
): void {
  if (stats.histogram.length > 0) {
    const highest = Math.max(...stats.histogram.map(({ count }) => count), 1);
    const step = width / stats.histogram.length;
    const gap = step > 4 ? 1 : 0;
    gc.fillStyle = palette.bar;
    stats.histogram.forEach(({ count }, index) => {
      const height =
        count > 0 ? Math.max(1, (count / highest) * CHART_HEIGHT) : 0;
      const top = y + CHART_HEIGHT - height;
      gc.fillRect(x + index * step, top, Math.max(1, step - gap), height);
    });
    return;
  }
  const height = 10;
  const top = y + CHART_HEIGHT - height;
  gc.fillStyle = palette.barRest;
  gc.fillRect(x, top, width, height);
  let used = 0;
  for (const { percentage } of stats.top_values) {
    const piece = (percentage / 100) * width;
    if (used + piece > width + 0.5) {
      break;
    }
    gc.fillStyle = palette.bar;
    gc.fillRect(x + used, top, Math.max(0, piece - 1), height);
    used += piece;
  }
}

/** The text, cut with an ellipsis where it is wider than `space`. */
export function fitted(
  gc: GraphicsContext,
  text: string,
  space: number
): string {
  const short = text.slice(0, 200).replace(/\s+/g, ' ');
  if (gc.measureText(short).width <= space && short.length === text.length) {
    return short;
  }
  let low = 0;
  let high = short.length;
  while (low < high) {
    const middle = Math.ceil((low + high) / 2);
    if (gc.measureText(`${short.slice(0, middle)}…`).width <= space) {
      low = middle;
    } else {
      high = middle - 1;
    }
  }
  return low > 0 ? `${short.slice(0, low)}…` : '';
}
