/** From a file of the workspace to its dataset: the one it was made into before, or a new one. */

import type { IStateDB } from '@jupyterlab/statedb';

import { type ITransport, TransportError } from '../transport';
import type { IDataset } from '../types';
import { freeName } from '../uploads/names';

/** A file as the contents service describes it. */
export interface IFile {
  /** Relative to the server's root. */
  path: string;
  /** ISO 8601. */
  modified: string;
  size: number | null;
}

interface IMemory {
  id: string;
  modified: string;
}

/**
 * The dataset of a file. One that was imported before and has not changed since is found again; one that has
 * changed replaces its dataset; and what is called the same but is another file stays as it is.
 */
export async function datasetOfFile(
  transport: ITransport,
  state: IStateDB | null,
  file: IFile,
  signal: AbortSignal
): Promise<IDataset> {
  const key = `insights-ext:file:${file.path}`;
  const memory = parse(await state?.fetch(key));
  const { datasets } = await transport.list(signal);
  const completed = datasets.filter(each => each.state === 'completed');
  const known =
    completed.find(({ id }) => id === memory?.id) ??
    completed.find(each => isSame(each, file));
  const isCurrent =
    known !== undefined &&
    (memory === null || known.id !== memory.id
      ? true
      : memory.modified === file.modified);
  const dataset = isCurrent
    ? known
    : await read(transport, file, known, datasets, signal);
  await state?.save(key, { id: dataset.id, modified: file.modified });
  return dataset;
}

async function read(
  transport: ITransport,
  file: IFile,
  known: IDataset | undefined,
  datasets: readonly IDataset[],
  signal: AbortSignal
): Promise<IDataset> {
  const { path } = file;
  if (known) {
    const options = { name: known.name, replace: true, signal };
    return transport.upload({ path }, options);
  }
  try {
    return await transport.upload({ path }, { signal });
  } catch (error) {
    if (!(error instanceof TransportError) || error.code !== 'name_taken') {
      throw error;
    }
    const taken = new Set(datasets.map(({ name }) => name));
    return transport.upload({ path }, { name: freeName(path, taken), signal });
  }
}

/** Whether a dataset was made from this file: same name, same length, and made after the file's last change. */
function isSame(dataset: IDataset, file: IFile): boolean {
  return (
    dataset.filename === file.path.split('/').pop() &&
    dataset.size_bytes !== null &&
    dataset.size_bytes === file.size &&
    Date.parse(dataset.updated_at) >= Date.parse(file.modified)
  );
}

function parse(value: unknown): IMemory | null {
  const { id, modified } = (value ?? {}) as Partial<IMemory>;
  return typeof id === 'string' && typeof modified === 'string'
    ? { id, modified }
    : null;
}
