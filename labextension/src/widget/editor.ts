/** A plain editor of SQL, for there is no other that every notebook has. */

import type { ISqlEditor, ISqlEditorOptions } from '../views/host';

export function createSqlEditor(
  node: HTMLElement,
  options: ISqlEditorOptions
): ISqlEditor {
  const area = document.createElement('textarea');
  area.className = 'jp-InsightsWidget-sql';
  area.value = options.value;
  area.readOnly = options.readOnly;
  area.spellcheck = false;
  area.rows = linesOf(options.value);
  area.setAttribute('aria-label', options.label);
  area.addEventListener('input', () => {
    area.rows = linesOf(area.value);
    options.onChange?.(area.value);
  });
  node.append(area);
  return {
    setValue: value => {
      area.value = value;
      area.rows = linesOf(value);
    },
    setReadOnly: readOnly => {
      area.readOnly = readOnly;
    },
    focus: () => {
      area.focus();
    },
    dispose: () => {
      area.remove();
    }
  };
}

/** Long lines wrap; some room for that. */
function linesOf(text: string): number {
  const lines = text.split('\n').map(line => Math.ceil((line.length + 1) / 90));
  return Math.min(
    14,
    lines.reduce((sum, count) => sum + count, 0)
  );
}
