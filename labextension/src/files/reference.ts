/** A document model that never holds its file: the server reads it where it lies. */

import { DocumentModel, type DocumentRegistry } from '@jupyterlab/docregistry';

export const REFERENCE_MODEL = 'insights-ext-reference';

export class ReferenceModelFactory implements DocumentRegistry.IModelFactory<DocumentRegistry.ICodeModel> {
  readonly name = REFERENCE_MODEL;
  readonly contentType = 'file';
  /** Without a format JupyterLab asks for the name, size and date of a file, and not for its content. */
  readonly fileFormat = null;
  readonly collaborative = false;

  get isDisposed(): boolean {
    return this._isDisposed;
  }

  dispose(): void {
    this._isDisposed = true;
  }

  createNew(): DocumentRegistry.ICodeModel {
    return new DocumentModel();
  }

  preferredLanguage(): string {
    return '';
  }

  private _isDisposed = false;
}
