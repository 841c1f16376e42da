/**
 * The messages of the REST door, as `insights_ext/schemas.py` and `insights_ext/errors.py` define them.
 *
 * Field names are those of the JSON.
 */

export type DatasetState = 'pending' | 'processing' | 'completed' | 'failed';

/** A stored column; `type` is DuckDB's name of the SQL type. */
export interface IDatasetColumn {
  name: string;
  type: string;
  nullable: boolean;
  source_name: string | null;
  null_count: number | null;
  note: string | null;
}

/** What went wrong, in words for a person, with a way on. */
export interface IErrorBody {
  message: string;
  code: string;
  request_id: string | null;
  hint: string | null;
}

/** One dataset as the catalog knows it; sizes are in bytes, times are ISO 8601. */
export interface IDataset {
  id: string;
  name: string;
  state: DatasetState;
  owner: string;
  filename: string | null;
  media_type: string | null;
  format: string | null;
  size_bytes: number | null;
  stored_bytes: number | null;
  row_count: number | null;
  column_count: number | null;
  columns: IDatasetColumn[];
  original_kept: boolean;
  warnings: string[];
  error: Partial<IErrorBody> | null;
  created_at: string;
  updated_at: string;
}

/** All datasets of the asker, newest first. */
export interface IDatasetList {
  datasets: IDataset[];
  total: number;
}

/** The protection around the worker processes. */
export interface ISandbox {
  level: 'full' | 'limits' | 'process';
  layers: string[];
  missing: string[];
}

/** How the product stands on this server. */
export interface IHealth {
  status: 'ok' | 'degraded';
  version: string;
  sandbox: ISandbox;
  planner: string;
  planners: string[];
  warnings: string[];
}
