/** Draws a cell of the grid: numbers to the right, nulls apart from text, a bar where a row is awaited. */

import {
  type CellRenderer,
  type GraphicsContext,
  TextRenderer
} from '@lumino/datagrid';

import type { CellFormat } from '../shared/cells';
import { PENDING } from './model';
import type { IPalette } from './palette';

/** Share of the cell's width that the bar of an awaited value takes, by row, so that it looks like text. */
const PENDING_WIDTHS = [0.55, 0.4, 0.65, 0.5, 0.35];

export class ValueRenderer extends TextRenderer {
  constructor(format: CellFormat, palette: IPalette) {
    super({
      font: palette.font,
      textColor: ({ value }) => (value === null ? palette.quiet : palette.text),
      horizontalAlignment: format.kind === 'number' ? 'right' : 'left',
      format: ({ value }) => (value === null ? 'null' : format.text(value))
    });
    this._format = format;
    this._palette = palette;
  }

  override drawText(
    gc: GraphicsContext,
    config: CellRenderer.CellConfig
  ): void {
    if (config.value === PENDING) {
      this._drawPending(gc, config);
    } else {
      super.drawText(gc, config);
    }
  }

  private _drawPending(
    gc: GraphicsContext,
    config: CellRenderer.CellConfig
  ): void {
    const share = PENDING_WIDTHS[config.row % PENDING_WIDTHS.length];
    const width = (config.width - 16) * share;
    const isRight = this._format.kind === 'number';
    const x = isRight ? config.x + config.width - 8 - width : config.x + 8;
    gc.fillStyle = this._palette.pending;
    gc.fillRect(x, config.y + config.height / 2 - 4, width, 8);
  }

  private readonly _format: CellFormat;
  private readonly _palette: IPalette;
}
