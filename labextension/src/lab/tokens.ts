/** What the plugins of the extension share. */

import { Token } from '@lumino/coreutils';

import type { DatasetsModel } from '../sidebar/model';
import type { ITransport } from '../transport';
import type { UploadQueue } from '../uploads/queue';
import type { IViewHost } from '../views/host';
import type { DatasetActions } from './actions';
import type { Activity } from './activity';
import type { InsightsSettings } from './settings';

export interface IInsights {
  readonly transport: ITransport;
  readonly datasets: DatasetsModel;
  readonly uploads: UploadQueue;
  readonly host: IViewHost;
  readonly activity: Activity;
  readonly actions: DatasetActions;
  readonly settings: InsightsSettings;
}

/** The datasets of this server and all that can be done with them. */
export const IInsights = new Token<IInsights>(
  'insights-ext:IInsights',
  'The datasets of Insights, their transport, and the uploads under way.'
);
