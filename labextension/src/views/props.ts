/** What every view of a dataset is given. */

import type { TranslationBundle } from '@jupyterlab/translation';

import type { ITransport } from '../transport';
import type { IDataset, IFilter } from '../types';
import type { IViewHost } from './host';

export interface ILocaleProps {
  trans: TranslationBundle;
  /** A language code of JupyterLab's, such as `fr_FR`. */
  languageCode: string;
}

export interface IDatasetViewProps extends ILocaleProps {
  dataset: IDataset;
  transport: ITransport;
  host: IViewHost;
}

export interface IPreviewViewProps extends IDatasetViewProps {
  /** The conditions on the rows; owned outside, for a bar of the profile sets them, too. */
  filters: readonly IFilter[];
  onFilters: (filters: readonly IFilter[]) => void;
  /** Hears which rows are selected, as positions among the rows shown. */
  onSelection?: (rows: readonly number[]) => void;
  /** Whether the view can be seen; while it cannot, it does not ask for data. */
  isVisible?: boolean;
}

export interface IProfileViewProps extends IDatasetViewProps {
  /** Called when a bar is chosen: show the rows behind it. */
  onFilter: (filters: readonly IFilter[]) => void;
}

export type IAskViewProps = IDatasetViewProps & {
  /** Hears each answer, for whoever wants to use it elsewhere. */
  onAnswer?: (answerId: string) => void;
};
