/** Editors of SQL, made by JupyterLab's editor factory. */

import { CodeEditor, type IEditorServices } from '@jupyterlab/codeeditor';

import type { ISqlEditor, ISqlEditorOptions } from '../views/host';

export function createSqlEditor(
  services: IEditorServices,
  node: HTMLElement,
  options: ISqlEditorOptions
): ISqlEditor {
  const model = new CodeEditor.Model({ mimeType: 'text/x-sql' });
  model.sharedModel.setSource(options.value);
  const editor = services.factoryService.newInlineEditor({
    host: node,
    model,
    config: { readOnly: options.readOnly, lineNumbers: false, lineWrap: true }
  });
  const content = node.querySelector('[contenteditable]');
  content?.setAttribute('aria-label', options.label);
  const listener = () => {
    options.onChange?.(model.sharedModel.getSource());
  };
  model.sharedModel.changed.connect(listener);
  return {
    setValue: value => {
      model.sharedModel.setSource(value);
    },
    setReadOnly: readOnly => {
      editor.setOption('readOnly', readOnly);
    },
    focus: () => {
      editor.focus();
    },
    dispose: () => {
      model.sharedModel.changed.disconnect(listener);
      editor.dispose();
      model.dispose();
    }
  };
}
