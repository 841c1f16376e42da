/** The REST transport, whose slow operations show in the status bar. */

import type { ServerConnection } from '@jupyterlab/services';
import type { TranslationBundle } from '@jupyterlab/translation';

import { RestTransport } from '../rest/transport';
import type { IAskOptions, IDownload } from '../transport';
import type {
  IAnswer,
  IAskRequest,
  IQueryRequest,
  IQueryResult,
  IStats
} from '../types';
import type { Activity } from './activity';

export class TrackedTransport extends RestTransport {
  constructor(
    settings: ServerConnection.ISettings,
    activity: Activity,
    trans: TranslationBundle
  ) {
    super(settings);
    this._activity = activity;
    this._trans = trans;
  }

  override stats(
    name: string,
    options: { wait?: boolean } = {},
    signal?: AbortSignal
  ): Promise<IStats> {
    const work = super.stats(name, options, signal);
    const label = this._trans.__('Profiling %1', name);
    return options.wait === false ? work : this._activity.track(label, work);
  }

  override ask(asked: IAskRequest, options?: IAskOptions): Promise<IAnswer> {
    const label = this._trans.__('Answering a question');
    return this._activity.track(label, super.ask(asked, options));
  }

  override query(
    asked: IQueryRequest,
    signal?: AbortSignal
  ): Promise<IQueryResult> {
    const label = this._trans.__('Running a query');
    return this._activity.track(label, super.query(asked, signal));
  }

  override download(what: IDownload, signal?: AbortSignal): Promise<Blob> {
    const label = this._trans.__('Preparing a download');
    return this._activity.track(label, super.download(what, signal));
  }

  private readonly _activity: Activity;
  private readonly _trans: TranslationBundle;
}
