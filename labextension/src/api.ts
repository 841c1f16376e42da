/** The operations of the REST door that the panel uses, typed. */

import type { ServerConnection } from '@jupyterlab/services';

import { requestAPI } from './request';
import type { IDatasetList, IHealth } from './types';

/** All datasets, newest first. */
export function listDatasets(
  settings: ServerConnection.ISettings
): Promise<IDatasetList> {
  return requestAPI<IDatasetList>('datasets', settings);
}

/** Version, planner and protection in force. */
export function getHealth(
  settings: ServerConnection.ISettings
): Promise<IHealth> {
  return requestAPI<IHealth>('health', settings);
}
