/** What the commands do: ask where something has to be known, do it, read the list again. */

import {
  Dialog,
  InputDialog,
  Notification,
  showDialog
} from '@jupyterlab/apputils';
import type { TranslationBundle } from '@jupyterlab/translation';

import { chooseFiles } from '../uploads/choose';
import { describeError } from '../views/shared/problem';
import type { IInsights } from './tokens';

/** What the actions work on. */
type IDatasets = Pick<IInsights, 'transport' | 'datasets' | 'uploads'>;

export class DatasetActions {
  constructor(insights: IDatasets, trans: TranslationBundle) {
    this._insights = insights;
    this._trans = trans;
  }

  /** Choose files and upload them. */
  async upload(): Promise<void> {
    const files = await chooseFiles();
    if (files.length > 0) {
      this._insights.uploads.add(files);
    }
  }

  /** A dataset by name, else the one the reader picks; `null` if none. */
  async pick(name: string | undefined, title: string): Promise<string | null> {
    if (name !== undefined) {
      return name;
    }
    const { datasets } = this._insights;
    if (datasets.datasets === null) {
      await datasets.refresh();
    }
    const items = (datasets.datasets ?? []).map(dataset => dataset.name);
    if (items.length === 0) {
      Notification.info(this._trans.__('There are no datasets yet.'));
      return null;
    }
    const current = Math.max(0, items.indexOf(datasets.selected ?? ''));
    const { button, value } = await InputDialog.getItem({
      title,
      label: this._trans.__('Dataset'),
      items,
      current
    });
    return button.accept ? value : null;
  }

  async rename(given?: string): Promise<void> {
    const trans = this._trans;
    const name = await this.pick(given, trans.__('Rename a Dataset'));
    if (name === null) {
      return;
    }
    const { button, value } = await InputDialog.getText({
      title: trans.__('Rename %1', name),
      label: trans.__('Letters, digits and underscores'),
      text: name,
      okLabel: trans.__('Rename')
    });
    if (button.accept && value && value !== name) {
      await this._do(() => this._insights.transport.rename(name, value));
    }
  }

  async replace(given?: string): Promise<void> {
    const name = await this.pick(given, this._trans.__('Replace a Dataset'));
    if (name !== null) {
      const files = await chooseFiles(false);
      if (files.length > 0) {
        this._insights.uploads.add(files, { name, replace: true });
      }
    }
  }

  async remove(given?: string): Promise<void> {
    const trans = this._trans;
    const name = await this.pick(given, trans.__('Delete a Dataset'));
    if (name === null) {
      return;
    }
    const { button } = await showDialog({
      title: trans.__('Delete %1?', name),
      body: trans.__(
        'The dataset, its profile and its answers are removed. The file it came from stays.'
      ),
      buttons: [
        Dialog.cancelButton({ label: trans.__('Cancel') }),
        Dialog.warnButton({ label: trans.__('Delete') })
      ],
      defaultButton: 0
    });
    if (button.accept) {
      await this._do(() => this._insights.transport.delete(name));
    }
  }

  private async _do(action: () => Promise<unknown>): Promise<void> {
    try {
      await action();
    } catch (error) {
      const { message, hint } = describeError(error, this._trans);
      Notification.error(hint === null ? message : `${message} ${hint}`);
    }
    await this._insights.datasets.refresh();
  }

  private readonly _insights: IDatasets;
  private readonly _trans: TranslationBundle;
}
