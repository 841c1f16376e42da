/** The settings of the extension, with what holds where JupyterLab has no settings at all. */

import type { ISettingRegistry } from '@jupyterlab/settingregistry';
import { type ISignal, Signal } from '@lumino/signaling';

import type { ViewName } from '../views/host';

export class InsightsSettings {
  /** The view that a dataset is opened with. */
  get initialView(): ViewName {
    const value = this._composite('initialView');
    return value === 'profile' || value === 'ask' ? value : 'preview';
  }

  /** Whether a single upload is opened once it is there. */
  get openAfterUpload(): boolean {
    return this._composite('openAfterUpload') !== false;
  }

  /** How many uploads run at the same time. */
  get uploadsAtOnce(): number {
    const value = this._composite('uploadsAtOnce');
    return typeof value === 'number' ? value : 2;
  }

  get changed(): ISignal<this, void> {
    return this._changed;
  }

  /** Take the settings from where the reader edits them. */
  connect(settings: ISettingRegistry.ISettings): void {
    this._settings = settings;
    settings.changed.connect(() => {
      this._changed.emit();
    });
    this._changed.emit();
  }

  private _composite(key: string): unknown {
    return this._settings?.get(key).composite;
  }

  private readonly _changed = new Signal<this, void>(this);
  private _settings: ISettingRegistry.ISettings | null = null;
}
