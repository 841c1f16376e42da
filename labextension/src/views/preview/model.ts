/** The table as the grid sees it: chosen columns, and rows that may still be on their way. */

import { DataModel } from '@lumino/datagrid';

import type { IColumn, IPreview } from '../../types';
import type { Rows } from './rows';

/** The value of a cell whose row has not arrived. */
export const PENDING = Symbol('pending');

/** A column on screen; `index` is its position among all columns of the table. */
export interface IShownColumn extends IColumn {
  index: number;
}

export class PreviewModel extends DataModel {
  constructor(columns: readonly IShownColumn[], rows: Rows, rowCount: number) {
    super();
    this._columns = columns;
    this._rows = rows;
    this._rowCount = rowCount;
  }

  get columns(): readonly IShownColumn[] {
    return this._columns;
  }

  get rows(): Rows {
    return this._rows;
  }

  /** Called with the row of every cell that is drawn before it is here. */
  onMissing: (row: number) => void = () => undefined;

  rowCount(region: DataModel.RowRegion): number {
    return region === 'body' ? this._rowCount : 1;
  }

  columnCount(region: DataModel.ColumnRegion): number {
    return region === 'body' ? this._columns.length : 1;
  }

  data(region: DataModel.CellRegion, row: number, column: number): unknown {
    switch (region) {
      case 'body':
        return this._cell(row, column);
      case 'row-header':
        return row + 1;
      case 'column-header':
        return this._columns[column].name;
      case 'corner-header':
        return '';
    }
  }

  /** Take note of rows that have arrived; how many there are is known from then on. */
  arrived(first: number, count: number, page: IPreview): void {
    this._setRowCount(page.total_rows);
    if (count > 0 && this._columns.length > 0) {
      this.emitChanged({
        type: 'cells-changed',
        region: 'body',
        row: first,
        column: 0,
        rowSpan: count,
        columnSpan: this._columns.length
      });
    }
  }

  private _setRowCount(rowCount: number): void {
    const before = this._rowCount;
    this._rowCount = rowCount;
    if (rowCount !== before) {
      this.emitChanged({
        type: rowCount > before ? 'rows-inserted' : 'rows-removed',
        region: 'body',
        index: Math.min(rowCount, before),
        span: Math.abs(rowCount - before)
      });
    }
  }

  private _cell(row: number, column: number): unknown {
    const cells = this._rows.get(row);
    if (cells === undefined) {
      this.onMissing(row);
      return PENDING;
    }
    return cells[this._columns[column].index];
  }

  private readonly _columns: readonly IShownColumn[];
  private readonly _rows: Rows;
  private _rowCount: number;
}
