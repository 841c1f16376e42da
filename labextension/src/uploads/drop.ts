/** Files dropped onto a widget: from the desktop as bytes, from the file browser as paths. */

import type { Drag } from '@lumino/dragdrop';

import type { UploadSource } from '../transport';

/** What JupyterLab's file browser calls the paths it drags. */
const CONTENTS_MIME = 'application/x-jupyter-icontents';

/** The element's class while something that can be dropped is over it. */
const TARGET_CLASS = 'jp-mod-dropTarget';

/** Take what is dropped onto an element; returns what ends that. */
export function acceptDrops(
  node: HTMLElement,
  onDrop: (sources: UploadSource[]) => void
): () => void {
  const listener = (event: Event) => {
    const accepted = isDrag(event)
      ? fromFileBrowser(event)
      : fromDesktop(event as DragEvent);
    if (!accepted) {
      return;
    }
    event.preventDefault();
    event.stopPropagation();
    const isOver = !/drop|leave/.test(event.type);
    node.classList.toggle(TARGET_CLASS, isOver);
    if (event.type.endsWith('drop') && accepted.length > 0) {
      onDrop(accepted);
    }
  };
  for (const type of EVENTS) {
    node.addEventListener(type, listener, true);
  }
  return () => {
    for (const type of EVENTS) {
      node.removeEventListener(type, listener, true);
    }
  };
}

/**
 * Call back when something that can be dropped is over the tab of a side panel, so that the panel can come to
 * the front: the file browser, from which files are dragged, is in the same place. Returns what ends that.
 */
export function watchTab(panelId: string, onOver: () => void): () => void {
  const listener = (event: Event) => {
    const { target } = event;
    const tab =
      target instanceof Element &&
      target.closest(`.lm-TabBar-tab[data-id="${CSS.escape(panelId)}"]`);
    const isOurs = isDrag(event)
      ? event.mimeData.hasData(CONTENTS_MIME)
      : (event as DragEvent).dataTransfer?.types.includes('Files');
    if (tab && isOurs) {
      onOver();
    }
  };
  const types = ['dragenter', 'lm-dragenter'];
  for (const type of types) {
    document.addEventListener(type, listener, true);
  }
  return () => {
    for (const type of types) {
      document.removeEventListener(type, listener, true);
    }
  };
}

const EVENTS = [
  'dragenter',
  'dragover',
  'dragleave',
  'drop',
  'lm-dragenter',
  'lm-dragover',
  'lm-dragleave',
  'lm-drop'
];

function isDrag(event: Event): event is Drag.Event {
  return event.type.startsWith('lm-');
}

/** The paths that are dragged, `null` if something else is. */
function fromFileBrowser(event: Drag.Event): UploadSource[] | null {
  if (!event.mimeData.hasData(CONTENTS_MIME)) {
    return null;
  }
  // The file browser offers to move, and takes no other action for a drop.
  event.dropAction = event.proposedAction;
  const paths = event.mimeData.getData(CONTENTS_MIME) as unknown;
  return Array.isArray(paths)
    ? paths
        .filter(path => typeof path === 'string')
        // A path may begin with the name of a drive, which the server does not know.
        .map(path => ({ path: path.replace(/^[^/:]+:/, '') }))
    : null;
}

/** The files that are dragged; while they are only over the page, nobody may look at them yet. */
function fromDesktop(event: DragEvent): UploadSource[] | null {
  const data = event.dataTransfer;
  if (!data?.types.includes('Files')) {
    return null;
  }
  data.dropEffect = 'copy';
  return [...data.files];
}
