/** Mouse and keys of the grid, where they differ from Lumino's own. */

import {
  BasicKeyHandler,
  BasicMouseHandler,
  type DataGrid
} from '@lumino/datagrid';
import { Platform } from '@lumino/domutils';

export interface IGridActions {
  /** Show the menu of a column at a place on screen. */
  menu: (column: number, x: number, y: number) => void;
  /** Show the whole of the cell under the cursor. */
  detail: () => void;
  /** Put the selection on the clipboard. */
  copy: () => void;
  /** What to say of a column on hover. */
  tip: (column: number) => string;
}

export class PreviewMouse extends BasicMouseHandler {
  constructor(actions: IGridActions) {
    super();
    this._actions = actions;
  }

  override onMouseHover(grid: DataGrid, event: MouseEvent): void {
    super.onMouseHover(grid, event);
    const { region, column } = grid.hitTest(event.clientX, event.clientY);
    const isHeader = region === 'column-header';
    grid.viewport.node.title = isHeader ? this._actions.tip(column) : '';
    if (isHeader && grid.viewport.node.style.cursor === 'default') {
      grid.viewport.node.style.cursor = 'pointer';
    }
  }

  override onMouseUp(grid: DataGrid, event: MouseEvent): void {
    const press = this.pressData;
    super.onMouseUp(grid, event);
    if (press?.type === 'select' && press.region === 'column-header') {
      const hit = grid.hitTest(event.clientX, event.clientY);
      if (hit.region === 'column-header' && hit.column === press.column) {
        this._actions.menu(hit.column, event.clientX, event.clientY);
      }
    }
  }

  override onMouseDoubleClick(grid: DataGrid, event: MouseEvent): void {
    const { region } = grid.hitTest(event.clientX, event.clientY);
    if (region === 'body') {
      this._actions.detail();
    }
  }

  private readonly _actions: IGridActions;
}

export class PreviewKeys extends BasicKeyHandler {
  constructor(actions: IGridActions) {
    super();
    this._actions = actions;
  }

  override onKeyDown(grid: DataGrid, event: KeyboardEvent): void {
    const { key } = event;
    const isPlain = !event.altKey && !Platform.accelKey(event);
    if (key === 'Tab') {
      // Lumino would move the cursor, and nobody could leave the grid by keyboard.
      return;
    }
    if ((key === 'Enter' || key === ' ') && isPlain) {
      stop(event);
      this._actions.detail();
    } else if (key === 'ArrowDown' && event.altKey) {
      stop(event);
      this._menu(grid);
    } else if (key === 'Home' || key === 'End') {
      stop(event);
      moveTo(grid, key === 'Home' ? 'start' : 'end', Platform.accelKey(event));
    } else {
      super.onKeyDown(grid, event);
    }
  }

  protected override onKeyC(_grid: DataGrid, event: KeyboardEvent): void {
    if (Platform.accelKey(event) && !event.shiftKey) {
      stop(event);
      this._actions.copy();
    }
  }

  private _menu(grid: DataGrid): void {
    const column = grid.selectionModel?.cursorColumn ?? -1;
    if (column < 0) {
      return;
    }
    const { left, top } = grid.viewport.node.getBoundingClientRect();
    const offset = grid.columnOffset('body', column) - grid.scrollX;
    const x = left + grid.headerWidth + Math.max(0, offset);
    this._actions.menu(column, x, top + grid.headerHeight);
  }

  private readonly _actions: IGridActions;
}

/** Move the cursor to the first or last column, or with `isFar` to the first or last row. */
function moveTo(grid: DataGrid, end: 'start' | 'end', isFar: boolean): void {
  const model = grid.selectionModel;
  if (!model) {
    return;
  }
  const lastRow = grid.rowCount('body') - 1;
  const lastColumn = grid.columnCount('body') - 1;
  const row = isFar
    ? end === 'start'
      ? 0
      : lastRow
    : Math.max(0, model.cursorRow);
  const column = end === 'start' ? 0 : lastColumn;
  model.select({
    r1: row,
    c1: column,
    r2: row,
    c2: column,
    cursorRow: row,
    cursorColumn: column,
    clear: 'all'
  });
  grid.scrollToCursor();
}

function stop(event: KeyboardEvent): void {
  event.preventDefault();
  event.stopPropagation();
}
