/** How a widget asks the page around it for a new cell: an event that is prevented by whoever does it. */

export const INSERT_EVENT = 'insights-ext:insert';

export interface IInsertDetail {
  source: string;
}

/** Listen to the widgets of the page; `insert` puts the source into a cell. Returns what ends that. */
export function listenToWidgets(insert: (source: string) => void): () => void {
  const listener = (event: Event): void => {
    const { detail } = event as CustomEvent<Partial<IInsertDetail> | null>;
    if (typeof detail?.source === 'string') {
      event.preventDefault();
      insert(detail.source);
    }
  };
  document.addEventListener(INSERT_EVENT, listener);
  return () => {
    document.removeEventListener(INSERT_EVENT, listener);
  };
}
