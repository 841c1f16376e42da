/** Lumino's DataGrid, drawn straight onto its canvas. */

import {
  type CellRenderer,
  DataGrid,
  type DataModel,
  GraphicsContext
} from '@lumino/datagrid';
import type { IMessageHandler, Message } from '@lumino/messaging';

/** A rectangle of the viewport, in CSS pixels; `right` and `bottom` are just outside. */
interface IBox {
  left: number;
  top: number;
  right: number;
  bottom: number;
}

/** Rows or columns of a region that lie within a box: where each begins, and how large it is. */
interface ISection {
  index: number;
  start: number;
  size: number;
}

interface IColours {
  background: string | undefined;
  line: string | undefined;
}

/**
 * The grid with its own way of putting cells on the canvas.
 *
 * Lumino draws each cell onto a second canvas and copies it from there. A browser that draws without a
 * graphics card has to copy that whole canvas anew before every one of these copies, since the drawing of
 * the next cell changes it: some megabytes per cell, seconds for a screenful. Here a cell is drawn where
 * it belongs, with a clip that keeps it inside. For the same reason a scroll draws the rows anew instead of
 * moving the picture of those that stay.
 *
 * Merged cells, renderers that load, stretched last rows and colours of single rows or columns are left
 * out, since the preview has none of them.
 */
export class PaintedGrid extends DataGrid {
  /** Draw everything again. */
  repaint(): void {
    this.repaintContent();
  }

  override messageHook(handler: IMessageHandler, message: Message): boolean {
    const isScroll =
      handler === this.viewport && message.type === 'scroll-request';
    return isScroll
      ? this._scroll(() => super.messageHook(handler, message))
      : super.messageHook(handler, message);
  }

  /** Let Lumino scroll, which moves its picture and draws what is new; then draw all of it once. */
  private _scroll(scroll: () => boolean): boolean {
    const { canvasGC, scrollX } = this;
    const scrolling = { isStale: false };
    this._scrolling = scrolling;
    canvasGC.drawImage = () => undefined;
    try {
      return scroll();
    } finally {
      Reflect.deleteProperty(canvasGC, 'drawImage');
      this._scrolling = null;
      if (scrolling.isStale) {
        // The heads of the columns stand still when rows go up and down.
        const top = scrollX === this.scrollX ? this.headerHeight : 0;
        this.paintContent(
          0,
          top,
          this.viewportWidth,
          this.viewportHeight - top
        );
      }
    }
  }

  protected override paintContent(
    x: number,
    y: number,
    width: number,
    height: number
  ): void {
    if (this._scrolling !== null) {
      this._scrolling.isStale = true;
      return;
    }
    if (width <= 0 || height <= 0) {
      return;
    }
    // This draws nothing, but it scales the canvas to the screen's pixels.
    super.paintContent(0, 0, 0, 0);
    const { style, headerWidth, headerHeight, canvasGC } = this;
    const dirty = { left: x, top: y, right: x + width, bottom: y + height };
    canvasGC.clearRect(x, y, width, height);
    fill(canvasGC, dirty, style.voidColor);
    const body = {
      background: style.backgroundColor,
      line: style.gridLineColor
    };
    const header = {
      background: style.headerBackgroundColor,
      line: style.headerGridLineColor
    };
    const pageRight = Math.min(
      this.viewportWidth,
      headerWidth + this.bodyWidth - this.scrollX
    );
    const pageBottom = Math.min(
      this.viewportHeight,
      headerHeight + this.bodyHeight - this.scrollY
    );
    const aside = { left: 0, right: headerWidth };
    const above = { top: 0, bottom: headerHeight };
    const across = { left: headerWidth, right: pageRight };
    const down = { top: headerHeight, bottom: pageBottom };
    this._paintRegion('body', dirty, { ...across, ...down }, body);
    this._paintRegion('row-header', dirty, { ...aside, ...down }, header);
    this._paintRegion('column-header', dirty, { ...across, ...above }, header);
    this._paintRegion('corner-header', dirty, { ...aside, ...above }, header);
  }

  private _paintRegion(
    region: DataModel.CellRegion,
    dirty: IBox,
    whole: IBox,
    colours: IColours
  ): void {
    const box = intersection(dirty, whole);
    if (box === null || this.dataModel === null) {
      return;
    }
    const { canvasGC } = this;
    fill(canvasGC, box, colours.background);
    const rows = this._rowsWithin(region, box);
    const columns = this._columnsWithin(region, box);
    this._paintCells(region, box, rows, columns);
    drawLines(canvasGC, box, rows, columns, colours.line);
  }

  private _paintCells(
    region: DataModel.CellRegion,
    box: IBox,
    rows: readonly ISection[],
    columns: readonly ISection[]
  ): void {
    const model = this.dataModel;
    if (model === null) {
      return;
    }
    const { canvasGC, cellRenderers } = this;
    canvasGC.save();
    const gc = new GraphicsContext(canvasGC);
    for (const column of columns) {
      for (const row of rows) {
        const config: CellRenderer.CellConfig = {
          x: column.start,
          y: row.start,
          width: column.size,
          height: row.size,
          region,
          row: row.index,
          column: column.index,
          value: model.data(region, row.index, column.index) as unknown,
          metadata: model.metadata(region, row.index, column.index)
        };
        const cell = intersection(box, {
          left: column.start,
          top: row.start,
          right: column.start + column.size,
          bottom: row.start + row.size
        });
        if (cell !== null) {
          gc.save();
          gc.beginPath();
          gc.rect(
            cell.left,
            cell.top,
            cell.right - cell.left,
            cell.bottom - cell.top
          );
          gc.clip();
          cellRenderers.get(config).paint(gc, config);
          gc.restore();
        }
      }
    }
    gc.dispose();
    canvasGC.restore();
  }

  private _rowsWithin(region: DataModel.CellRegion, box: IBox): ISection[] {
    const isBody = region === 'body' || region === 'row-header';
    const rows = isBody ? 'body' : 'column-header';
    const origin = isBody ? this.headerHeight - this.scrollY : 0;
    const first = this.rowAt(rows, box.top - origin);
    return sections(first, box.bottom, index => ({
      index,
      start: origin + this.rowOffset(rows, index),
      size: this.rowSize(rows, index)
    }));
  }

  private _columnsWithin(region: DataModel.CellRegion, box: IBox): ISection[] {
    const isBody = region === 'body' || region === 'column-header';
    const columns = isBody ? 'body' : 'row-header';
    const origin = isBody ? this.headerWidth - this.scrollX : 0;
    const first = this.columnAt(columns, box.left - origin);
    return sections(first, box.right, index => ({
      index,
      start: origin + this.columnOffset(columns, index),
      size: this.columnSize(columns, index)
    }));
  }

  private _scrolling: { isStale: boolean } | null = null;
}

/** The sections from `first` on that begin before `end`; beyond the last one Lumino gives the size -1. */
function sections(
  first: number,
  end: number,
  section: (index: number) => ISection
): ISection[] {
  const found: ISection[] = [];
  if (first < 0) {
    return found;
  }
  for (let index = first; ; index++) {
    const next = section(index);
    if (next.size < 0 || next.start >= end) {
      return found;
    }
    found.push(next);
  }
}

function intersection(one: IBox, other: IBox): IBox | null {
  const box = {
    left: Math.max(one.left, other.left),
    top: Math.max(one.top, other.top),
    right: Math.min(one.right, other.right),
    bottom: Math.min(one.bottom, other.bottom)
  };
  return box.left < box.right && box.top < box.bottom ? box : null;
}

function fill(
  canvas: CanvasRenderingContext2D,
  box: IBox,
  colour: string | undefined
): void {
  if (colour) {
    canvas.fillStyle = colour;
    const { left, top } = box;
    canvas.fillRect(left, top, box.right - left, box.bottom - top);
  }
}

/** Lines along the last pixel of each row and column, as Lumino draws them. */
function drawLines(
  canvas: CanvasRenderingContext2D,
  box: IBox,
  rows: readonly ISection[],
  columns: readonly ISection[],
  colour: string | undefined
): void {
  if (!colour) {
    return;
  }
  canvas.beginPath();
  canvas.lineWidth = 1;
  for (const { start, size } of rows) {
    const at = start + size - 0.5;
    if (size > 0 && at > box.top && at < box.bottom) {
      canvas.moveTo(box.left, at);
      canvas.lineTo(box.right, at);
    }
  }
  for (const { start, size } of columns) {
    const at = start + size - 0.5;
    if (size > 0 && at > box.left && at < box.right) {
      canvas.moveTo(at, box.top);
      canvas.lineTo(at, box.bottom);
    }
  }
  canvas.strokeStyle = colour;
  canvas.stroke();
}
