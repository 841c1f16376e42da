/** Hands bytes of the page to the reader as a file. */

/** The browser has to have begun to read them before they go. */
const KEPT_MS = 60_000;

export function saveFile(filename: string, content: Blob): void {
  const link = document.createElement('a');
  link.href = URL.createObjectURL(content);
  link.download = filename;
  link.click();
  window.setTimeout(() => {
    URL.revokeObjectURL(link.href);
  }, KEPT_MS);
}
