/** The grid itself: Lumino's DataGrid with our cells, heads, keys and colours. */

import {
  BasicSelectionModel,
  RendererMap,
  type SelectionModel
} from '@lumino/datagrid';
import { MessageLoop } from '@lumino/messaging';
import { Widget } from '@lumino/widgets';

import { CellFormat } from '../shared/cells';
import { release } from '../shared/release';
import { ValueRenderer } from './cell';
import { type IGridActions, PreviewKeys, PreviewMouse } from './handlers';
import { HEADER_HEIGHT, HeaderRenderer, type IHeaderContent } from './header';
import { PENDING, type PreviewModel } from './model';
import { PaintedGrid } from './painted';
import { type IPalette, paletteOf } from './palette';
import { columnWidth, rowHeaderWidth } from './widths';

const ROW_HEIGHT = 26;

/** Rows from which decimals and widths are taken. */
const SAMPLE_ROWS = 50;

export interface IPreviewGridOptions extends IGridActions {
  label: string;
  languageCode: string;
  header: (column: number) => IHeaderContent;
  /** The cursor has moved, or the selection has changed. */
  onCursor: () => void;
}

export class PreviewGrid {
  constructor(options: IPreviewGridOptions) {
    this._options = options;
    this._grid = new PaintedGrid({
      defaultSizes: {
        rowHeight: ROW_HEIGHT,
        columnWidth: 120,
        rowHeaderWidth: 56,
        columnHeaderHeight: HEADER_HEIGHT
      },
      minimumSizes: {
        rowHeight: ROW_HEIGHT,
        columnWidth: 48,
        rowHeaderWidth: 40,
        columnHeaderHeight: HEADER_HEIGHT
      },
      headerVisibility: 'all'
    });
    this._grid.addClass('jp-Insights-grid');
    this._grid.mouseHandler = new PreviewMouse(options);
    this._grid.keyHandler = new PreviewKeys(options);
    const { node } = this._grid.viewport;
    node.tabIndex = 0;
    // A canvas holds no cells that could be read out; the cell under the cursor is told by a live region.
    node.setAttribute('role', 'application');
    node.setAttribute('aria-label', options.label);
  }

  /** Put the grid into an element of the page and keep it as large as that. */
  attach(host: HTMLElement): void {
    Widget.attach(this._grid, host);
    this._observer = new ResizeObserver(() => {
      MessageLoop.sendMessage(this._grid, Widget.ResizeMessage.UnknownSize);
    });
    this._observer.observe(host);
    this.recolour();
  }

  dispose(): void {
    this._observer?.disconnect();
    release(this._grid);
  }

  /** Show a table; the cursor stays where it was as far as there is such a cell. */
  show(model: PreviewModel): void {
    const cursor = this.cursor;
    const isSameColumns =
      this._model !== null &&
      names(this._model).join('\n') === names(model).join('\n');
    const { scrollX } = this._grid;
    // The grid forgets its widths with its model, also those that a person has dragged.
    const widths = isSameColumns
      ? model.columns.map((_, i) => this._grid.columnSize('body', i))
      : [];
    const rowHeader = this._grid.columnSize('row-header', 0);
    this._model = model;
    model.onMissing = () => {
      this._look();
    };
    const selection = new BasicSelectionModel({ dataModel: model });
    selection.changed.connect(() => {
      this._options.onCursor();
    });
    this._grid.dataModel = model;
    this._grid.selectionModel = selection;
    if (!isSameColumns) {
      this._sampled = null;
      this._isMeasured = false;
      this._setFormats();
      this._measure();
    } else {
      widths.forEach((width, i) => {
        this._grid.resizeColumn('body', i, width);
      });
      this._grid.resizeColumn('row-header', 0, rowHeader);
      this._grid.scrollTo(scrollX, 0);
    }
    const column = Math.min(cursor?.column ?? 0, model.columns.length - 1);
    if (model.columns.length > 0 && model.rowCount('body') > 0) {
      this._select(0, column);
    }
  }

  /** Rows from `first` on have arrived: the first that do tell how to write and how wide. */
  arrived(first: number): void {
    if (!this._isMeasured) {
      this._sampledFrom = first;
    }
    if (!this._isMeasured && this._sample().length > 0) {
      this._sampled = this._sample();
      this._setFormats();
      this._measure();
      this._isMeasured = true;
    }
    if (this.cursor === null && (this._model?.rowCount('body') ?? 0) > 0) {
      this._select(0, 0);
    } else {
      // The cell under the cursor may be one of those.
      this._options.onCursor();
    }
  }

  /** Draw the heads anew, since what they show has changed. */
  updateHeaders(): void {
    this._grid.repaint();
  }

  /** Read the colours of the theme anew. */
  recolour(): void {
    this._palette = paletteOf(this._grid.node);
    this._grid.style = this._palette.style;
    this._setFormats();
  }

  focus(): void {
    this._grid.viewport.node.focus({ preventScroll: true });
  }

  /** Bring a row into view, with the cursor on it. */
  goTo(row: number): void {
    const column = this.cursor?.column ?? 0;
    this._grid.scrollToRow(row);
    this._select(row, Math.max(0, column));
  }

  /** Bring a column into view, with the cursor in it. */
  goToColumn(column: number): void {
    if (column >= 0) {
      this._grid.scrollToColumn(column);
      this._select(this.cursor?.row ?? 0, column);
    }
  }

  /** The cell under the cursor, `null` if there is none. */
  get cursor(): { row: number; column: number; value: unknown } | null {
    const selection = this._grid.selectionModel;
    if (!selection || !this._model || selection.cursorRow < 0) {
      return null;
    }
    const { cursorRow: row, cursorColumn: column } = selection;
    if (
      row >= this._model.rowCount('body') ||
      column >= this._model.columns.length
    ) {
      return null;
    }
    const cell = this._model.data('body', row, column);
    return { row, column, value: cell === PENDING ? undefined : cell };
  }

  /** The current selection with its corners in order, `null` if there is none. */
  get selection(): SelectionModel.Selection | null {
    const current = this._grid.selectionModel?.currentSelection();
    if (!current || !this._model) {
      return null;
    }
    const { r1, r2, c1, c2 } = current;
    return {
      r1: Math.min(r1, r2),
      r2: Math.min(Math.max(r1, r2), this._model.rowCount('body') - 1),
      c1: Math.min(c1, c2),
      c2: Math.min(Math.max(c1, c2), this._model.columns.length - 1)
    };
  }

  private _look(): void {
    this._frame ??= requestAnimationFrame(() => {
      this._frame = null;
      const viewport = this._grid.currentViewport;
      if (!this._grid.isDisposed && viewport && this._model) {
        this._model.rows.look(
          Math.max(0, viewport.firstRow),
          Math.max(0, viewport.lastRow)
        );
      }
    });
  }

  private _select(row: number, column: number): void {
    this._grid.selectionModel?.select({
      r1: row,
      c1: column,
      r2: row,
      c2: column,
      cursorRow: row,
      cursorColumn: column,
      clear: 'all'
    });
  }

  /** Rows to take decimals and widths from: once found they stay, so that another order changes neither. */
  private _sample(): readonly (readonly unknown[])[] {
    if (this._sampled !== null) {
      return this._sampled;
    }
    const rows = Array.from({ length: SAMPLE_ROWS }, (_, row) =>
      this._model?.rows.get(this._sampledFrom + row)
    );
    return rows.filter(row => row !== undefined);
  }

  private _setFormats(): void {
    const { _model: model, _palette: palette } = this;
    if (!model || !palette) {
      return;
    }
    const sample = this._sample();
    const { languageCode } = this._options;
    this._formats = model.columns.map(
      ({ name, type, index }) =>
        new CellFormat(
          name,
          type,
          languageCode,
          sample.map(row => row[index])
        )
    );
    const cells = this._formats.map(
      format => new ValueRenderer(format, palette)
    );
    const rowNumber = new ValueRenderer(
      new CellFormat('row', 'BIGINT', languageCode),
      { ...palette, text: palette.quiet, font: palette.smallFont }
    );
    const fallback = cells[0] ?? rowNumber;
    this._grid.cellRenderers = new RendererMap(
      {
        body: ({ column }) => cells[column] ?? fallback,
        'row-header': rowNumber,
        'column-header': new HeaderRenderer(this._options.header, palette)
      },
      fallback
    );
  }

  private _measure(): void {
    const { _model: model, _palette: palette } = this;
    if (!model || !palette) {
      return;
    }
    const sample = this._sample();
    model.columns.forEach((column, position) => {
      const format = this._formats[position];
      const texts = sample.map(row => format.text(row[column.index]));
      const width = columnWidth(column, texts, palette);
      this._grid.resizeColumn('body', position, width);
    });
    const rows = model.rowCount('body');
    const width = rowHeaderWidth(rows, this._options.languageCode, palette);
    this._grid.resizeColumn('row-header', 0, width);
  }

  private readonly _grid: PaintedGrid;
  private readonly _options: IPreviewGridOptions;
  private _formats: CellFormat[] = [];
  private _frame: number | null = null;
  private _isMeasured = false;
  private _model: PreviewModel | null = null;
  private _observer: ResizeObserver | null = null;
  private _palette: IPalette | null = null;
  private _sampled: readonly (readonly unknown[])[] | null = null;
  private _sampledFrom = 0;
}

function names(model: PreviewModel): string[] {
  return model.columns.map(({ name }) => name);
}
