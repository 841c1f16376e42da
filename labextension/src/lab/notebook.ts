/** The way of an answer into the notebook: a new cell, or a variable of its kernel. */

import type { JupyterFrontEnd } from '@jupyterlab/application';
import {
  type INotebookTracker,
  type Notebook,
  NotebookActions,
  type NotebookPanel
} from '@jupyterlab/notebook';
import type { TranslationBundle } from '@jupyterlab/translation';

import { LOAD_EXTENSION } from '../views/ask/source';

/**
 * Put a code cell with this source below the active one, and show it.
 *
 * Where it is a magic of ours and the notebook does not load it yet, a cell that does goes before and is run.
 */
export async function insertCell(
  app: JupyterFrontEnd,
  notebooks: INotebookTracker | null,
  source: string
): Promise<boolean> {
  const panel = await notebookAtHand(app, notebooks);
  const notebook = panel.content;
  const isMagic = /^%%?insight\b/.test(source);
  const loader =
    isMagic && !loadsExtension(notebook) ? put(notebook, LOAD_EXTENSION) : null;
  put(notebook, source);
  if (loader) {
    // What a kernel is given before it is there is lost, and the new cell would not know its magic.
    void panel.sessionContext.ready.then(() =>
      NotebookActions.runCells(notebook, [loader], panel.sessionContext)
    );
  }
  app.shell.activateById(panel.id);
  return true;
}

function loadsExtension(notebook: Notebook): boolean {
  return notebook.widgets.some(({ model }) =>
    model.sharedModel.getSource().includes(LOAD_EXTENSION)
  );
}

/** Write into the active cell if it is an empty one, which waits for that, or into a new one below; the cell. */
function put(notebook: Notebook, source: string): Notebook['activeCell'] {
  const active = notebook.activeCell?.model;
  if (active?.type !== 'code' || active.sharedModel.getSource() !== '') {
    NotebookActions.insertBelow(notebook);
    NotebookActions.changeCellType(notebook, 'code');
  }
  notebook.activeCell?.model.sharedModel.setSource(source);
  return notebook.activeCell;
}

/** Show a dataset as a widget of the open notebook; says whether there is one. */
export async function exploreInCell(
  app: JupyterFrontEnd,
  notebooks: INotebookTracker | null,
  name: string
): Promise<boolean> {
  const panel = notebooks?.currentWidget;
  if (!panel) {
    return false;
  }
  await insertCell(app, notebooks, `%insight explore ${name}`);
  const { content, sessionContext } = panel;
  const cell = content.activeCell;
  if (cell) {
    void sessionContext.ready.then(async () => {
      // The cell that loads the extension may stand there and not have been run.
      const kernel = sessionContext.session?.kernel;
      const code = `get_ipython().extension_manager.load_extension('insights_ext')`;
      await kernel?.requestExecute({ code, silent: true }).done;
      await NotebookActions.runCells(content, [cell], sessionContext);
    });
  }
  return true;
}

/** Bind the full result of an answer to a variable of the notebook's kernel. */
export async function sendAnswer(
  app: JupyterFrontEnd,
  notebooks: INotebookTracker | null,
  answerId: string,
  variable: string,
  trans: TranslationBundle
): Promise<boolean> {
  if (!/^[\p{L}_][\p{L}\p{N}_]*$/u.test(variable)) {
    throw new Error(trans.__('%1 cannot be the name of a variable.', variable));
  }
  const panel = await notebookAtHand(app, notebooks);
  await panel.sessionContext.ready;
  const kernel = panel.sessionContext.session?.kernel;
  if (!kernel) {
    throw new Error(trans.__('The notebook has no kernel that runs.'));
  }
  const code = [
    'from insights_ext import Insights as _Insights',
    'with _Insights() as _insights:',
    `    ${variable} = _insights.answer(${JSON.stringify(answerId)}).df()`,
    'del _Insights, _insights'
  ].join('\n');
  const { content } = await kernel.requestExecute({
    code,
    store_history: false
  }).done;
  if (content.status !== 'ok') {
    const reason = content.status === 'error' ? content.evalue : content.status;
    throw new Error(trans.__('The kernel could not take it: %1', reason));
  }
  return true;
}

/** The notebook used last, or a new one. */
async function notebookAtHand(
  app: JupyterFrontEnd,
  notebooks: INotebookTracker | null
): Promise<NotebookPanel> {
  const open = notebooks?.currentWidget;
  if (open) {
    return open;
  }
  const made = (await app.commands.execute('notebook:create-new', {
    kernelName: app.serviceManager.kernelspecs.specs?.default ?? 'python3'
  })) as NotebookPanel;
  await made.context.ready;
  await made.revealed;
  return made;
}
