/** What follows from uploads: the list is read again, a single one is opened, the status bar shows them. */

import type { TranslationBundle } from '@jupyterlab/translation';

import type { IInsights } from './tokens';

export function watchUploads(
  insights: IInsights,
  trans: TranslationBundle
): void {
  const { uploads, activity, datasets, settings, host } = insights;
  let end: (() => void) | null = null;
  let atSameTime = 0;

  settings.changed.connect(() => {
    uploads.atOnce = settings.uploadsAtOnce;
  });
  uploads.changed.connect(() => {
    const count = uploads.unfinished.length;
    atSameTime = count === 0 ? 0 : Math.max(atSameTime, count);
    if (count > 0 && end === null) {
      end = activity.begin(trans.__('Uploading'));
    } else if (count === 0) {
      end?.();
      end = null;
    }
  });
  uploads.completed.connect((_, dataset) => {
    void datasets.refresh();
    if (atSameTime === 1 && settings.openAfterUpload) {
      host.openDataset(dataset.name);
    }
  });
}
