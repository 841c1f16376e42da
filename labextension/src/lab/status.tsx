/** The plugin that shows in the status bar what is being worked on. */

import type {
  JupyterFrontEnd,
  JupyterFrontEndPlugin
} from '@jupyterlab/application';
import { IStatusBar } from '@jupyterlab/statusbar';
import { ITranslator, nullTranslator } from '@jupyterlab/translation';
import { ReactWidget, UseSignal } from '@jupyterlab/ui-components';
import React from 'react';

import { CommandIDs } from './commands';
import { IInsights } from './tokens';

export const statusPlugin: JupyterFrontEndPlugin<void> = {
  id: 'insights-ext:status',
  description: 'Shows in the status bar what Insights is working on.',
  autoStart: true,
  requires: [IInsights],
  // Notebook 7 has none.
  optional: [IStatusBar, ITranslator],
  activate: (
    app: JupyterFrontEnd,
    insights: IInsights,
    statusBar: IStatusBar | null,
    translator: ITranslator | null
  ): void => {
    if (statusBar === null) {
      return;
    }
    const { activity } = insights;
    const trans = (translator ?? nullTranslator).load('insights_ext');
    const text = () =>
      activity.count > 1
        ? trans.__('%1 (and %2 more)', activity.current, activity.count - 1)
        : (activity.current ?? '');
    const item = ReactWidget.create(
      <UseSignal signal={activity.changed}>
        {() => (
          <button
            className="jp-Insights-status"
            title={trans.__('Show Insights')}
            onClick={() => {
              void app.commands.execute(CommandIDs.open);
            }}
          >
            <span className="jp-Insights-spinner" aria-hidden="true" />
            {text()}…
          </button>
        )}
      </UseSignal>
    );
    statusBar.registerStatusItem('insights-ext:status', {
      item,
      align: 'middle',
      rank: 10,
      isActive: () => activity.count > 0,
      activeStateChanged: activity.changed
    });
  }
};
