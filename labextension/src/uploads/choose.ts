/** Let the reader choose files from the machine in front of them. */

import { ACCEPTED } from './formats';

/** The files chosen; empty if none were. */
export function chooseFiles(isMultiple = true): Promise<File[]> {
  return new Promise(resolve => {
    const input = document.createElement('input');
    input.type = 'file';
    input.multiple = isMultiple;
    input.accept = ACCEPTED;
    input.addEventListener('change', () => {
      resolve([...(input.files ?? [])]);
    });
    input.addEventListener('cancel', () => {
      resolve([]);
    });
    input.click();
  });
}
