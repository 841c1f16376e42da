/** The files that can be uploaded, by the endings of their names; as `insights_ext/formats.py` has them. */

/** Endings by file type; the name of a type is ours, or JupyterLab's where it knows the type already. */
export const ENDINGS = {
  csv: ['.csv'],
  tsv: ['.tsv', '.tab'],
  'insights-text': ['.psv'],
  'insights-jsonl': ['.jsonl', '.ndjson'],
  'insights-parquet': ['.parquet', '.pq'],
  'insights-arrow': ['.arrow', '.feather', '.ipc'],
  'insights-excel': ['.xlsx', '.xlsm', '.xls', '.xlsb', '.ods']
} as const;

const COMPRESSIONS = ['.gz', '.zst', '.bz2', '.zip'];

/** Further files that can be read, but that are more often something else. */
const ALSO = ['.json', '.txt'];

/** Endings of compressed files. */
export const COMPRESSED_ENDINGS: string[] = [
  ...Object.values(ENDINGS).flat(),
  ...ALSO
].flatMap(ending => COMPRESSIONS.map(compression => ending + compression));

const ALL: string[] = [
  ...Object.values(ENDINGS).flat(),
  ...ALSO,
  ...COMPRESSED_ENDINGS
];

/** Whether a file of this name can be uploaded. */
export function isSupported(filename: string): boolean {
  const name = filename.toLowerCase();
  return ALL.some(ending => name.endsWith(ending));
}

/** What a file chooser offers. */
export const ACCEPTED = [...ALL, ...COMPRESSIONS].join(',');
