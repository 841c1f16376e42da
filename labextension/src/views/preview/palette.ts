/** The grid's colours and fonts, read from JupyterLab's variables since a canvas knows no CSS. */

import type { DataGrid } from '@lumino/datagrid';

export interface IPalette {
  text: string;
  quiet: string;
  bar: string;
  barRest: string;
  accent: string;
  pending: string;
  font: string;
  headerFont: string;
  smallFont: string;
  style: DataGrid.Style;
}

/** The palette in force where `node` is. */
export function paletteOf(node: HTMLElement): IPalette {
  const css = getComputedStyle(node);
  const probe = document.createElement('span');
  probe.hidden = true;
  node.append(probe);
  // A canvas takes no `var()` and no relative colours; the browser resolves them on an element.
  const colour = (value: string) => {
    probe.style.color = '';
    probe.style.color = value;
    return getComputedStyle(probe).color;
  };
  const mix = (name: string, percent: number) =>
    colour(`color-mix(in srgb, var(${name}) ${percent}%, transparent)`);
  const layout = colour('var(--jp-layout-color0)');
  const header = colour('var(--jp-layout-color1)');
  const line = colour('var(--jp-border-color3)');
  const headerLine = colour('var(--jp-border-color2)');
  const brand = colour('var(--jp-brand-color1)');
  const family =
    css.getPropertyValue('--jp-ui-font-family').trim() || 'sans-serif';
  const palette: IPalette = {
    text: colour('var(--jp-ui-font-color1)'),
    quiet: colour('var(--jp-ui-font-color2)'),
    bar: mix('--jp-brand-color1', 65),
    barRest: mix('--jp-ui-font-color2', 18),
    accent: brand,
    pending: mix('--jp-ui-font-color2', 12),
    font: `13px ${family}`,
    headerFont: `600 13px ${family}`,
    smallFont: `11px ${family}`,
    style: {
      voidColor: layout,
      backgroundColor: layout,
      gridLineColor: line,
      headerBackgroundColor: header,
      headerGridLineColor: headerLine,
      selectionFillColor: mix('--jp-brand-color1', 14),
      selectionBorderColor: brand,
      cursorFillColor: mix('--jp-brand-color1', 8),
      cursorBorderColor: brand,
      headerSelectionFillColor: mix('--jp-brand-color1', 14),
      headerSelectionBorderColor: brand,
      scrollShadow: {
        size: 8,
        color1: mix('--jp-border-color0', 25),
        color2: mix('--jp-border-color0', 8),
        color3: mix('--jp-border-color0', 0)
      }
    }
  };
  probe.remove();
  return palette;
}
