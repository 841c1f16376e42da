/** The file types that JupyterLab does not know by itself, and the factory that opens them all. */

import type { DocumentRegistry } from '@jupyterlab/docregistry';
import type { TranslationBundle } from '@jupyterlab/translation';

import { insightsIcon } from '../lab/icons';
import { COMPRESSED_ENDINGS, ENDINGS } from '../uploads/formats';

const COMPRESSED = 'insights-compressed';

/** Types that are JupyterLab's own; another program opens them on double-click. */
const KNOWN_ELSEWHERE: readonly string[] = ['csv', 'tsv', 'json', 'jsonl'];

/** Types that nobody else shows as a table: a double-click opens them here. */
const DEFAULT_HERE: readonly string[] = [
  'insights-parquet',
  'insights-arrow',
  'insights-excel',
  COMPRESSED
];

/** Make the file types known; returns what a factory says of them. */
export function addFileTypes(
  registry: DocumentRegistry,
  trans: TranslationBundle
): { fileTypes: string[]; defaultFor: string[] } {
  const names: Record<string, string> = {
    'insights-text': trans.__('Delimited Text'),
    'insights-jsonl': trans.__('JSON Lines'),
    'insights-parquet': trans.__('Parquet'),
    'insights-arrow': trans.__('Arrow'),
    'insights-excel': trans.__('Spreadsheet'),
    [COMPRESSED]: trans.__('Compressed Table')
  };
  const endings: Record<string, readonly string[]> = {
    ...ENDINGS,
    [COMPRESSED]: COMPRESSED_ENDINGS
  };
  for (const [name, displayName] of Object.entries(names)) {
    registry.addFileType({
      name,
      displayName,
      extensions: [...endings[name]],
      fileFormat: 'base64',
      icon: insightsIcon
    });
  }
  const text = ['text'];
  return {
    fileTypes: [...KNOWN_ELSEWHERE, ...Object.keys(names), ...text],
    defaultFor: [...DEFAULT_HERE]
  };
}
