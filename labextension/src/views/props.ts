/** What every view of a dataset is given. */

import type { TranslationBundle } from '@jupyterlab/translation';

import type { ITransport } from '../transport';
import type { IAnswer, IDataset, IFilter } from '../types';
import type { IViewHost } from './host';
import type { ISort } from './preview/sort';

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

/** How the rows of a preview are laid out: in which order, and without which columns. */
export interface IRowLayout {
  sort: ISort | null;
  /** Names of the columns that are not shown. */
  hidden: readonly string[];
}

export interface IPreviewViewProps extends IDatasetViewProps {
  /** The conditions on the rows; owned outside, for a bar of the profile sets them, too. */
  filters: readonly IFilter[];
  onFilters: (filters: readonly IFilter[]) => void;
  /** The layout of the rows; owned by the view where nobody gives it. */
  rows?: IRowLayout;
  onRows?: (rows: IRowLayout) => void;
  /** Hears which rows are selected, as positions among the rows shown. */
  onSelection?: (rows: readonly number[]) => void;
  /** Read the rows again where they may have changed; absent where they cannot. */
  onRefresh?: () => void;
  /** Read another sheet of the workbook in the place of this one; absent where that cannot be done. */
  onSheet?: (sheet: string | number) => Promise<void>;
  /** Whether the view can be seen; while it cannot, it does not ask for data. */
  isVisible?: boolean;
}

export interface IProfileViewProps extends IDatasetViewProps {
  /** Called when a bar is chosen: show the rows behind it. */
  onFilter: (filters: readonly IFilter[]) => void;
}

export interface IAskViewProps extends IDatasetViewProps {
  /** Ids of answers given before, oldest first, with which the conversation goes on. */
  stored?: readonly string[];
  /** Hears which answers the conversation holds, to give them as `stored` another time. */
  onStored?: (ids: readonly string[]) => void;
  /** Hears each answer, for whoever wants to use it elsewhere. */
  onAnswer?: (answer: IAnswer) => void;
}
