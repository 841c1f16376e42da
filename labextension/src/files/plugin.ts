/** The plugin that opens files of the workspace: "Open With", double-click, context menu, restored tabs. */

import {
  ILayoutRestorer,
  type JupyterFrontEnd,
  type JupyterFrontEndPlugin
} from '@jupyterlab/application';
import { WidgetTracker } from '@jupyterlab/apputils';
import type { IDocumentWidget } from '@jupyterlab/docregistry';
import { IFileBrowserFactory } from '@jupyterlab/filebrowser';
import { IStateDB } from '@jupyterlab/statedb';
import { ITranslator, nullTranslator } from '@jupyterlab/translation';

import type { DatasetContent } from '../documents/content';
import { CommandIDs } from '../lab/commands';
import { insightsIcon } from '../lab/icons';
import { IInsights } from '../lab/tokens';
import { isSupported } from '../uploads/formats';
import { FACTORY, FileFactory } from './factory';
import { REFERENCE_MODEL, ReferenceModelFactory } from './reference';
import { addFileTypes } from './types';

export const filesPlugin: JupyterFrontEndPlugin<void> = {
  id: 'insights-ext:files',
  description: 'Opens data files of the file browser with Insights.',
  autoStart: true,
  requires: [IInsights],
  optional: [ITranslator, ILayoutRestorer, IFileBrowserFactory, IStateDB],
  activate: (
    app: JupyterFrontEnd,
    insights: IInsights,
    givenTranslator: ITranslator | null,
    restorer: ILayoutRestorer | null,
    browsers: IFileBrowserFactory | null,
    state: IStateDB | null
  ): void => {
    const translator = givenTranslator ?? nullTranslator;
    const trans = translator.load('insights_ext');
    const registry = app.docRegistry;
    registry.addModelFactory(new ReferenceModelFactory());
    const factory = new FileFactory({
      name: FACTORY,
      label: trans.__('Insights'),
      modelName: REFERENCE_MODEL,
      readOnly: true,
      ...addFileTypes(registry, trans),
      insights,
      contents: app.serviceManager.contents,
      state,
      translator
    });
    registry.addWidgetFactory(factory);

    const tracker = new WidgetTracker<IDocumentWidget<DatasetContent>>({
      namespace: 'insights-ext-files'
    });
    factory.widgetCreated.connect((_, widget) => {
      widget.context.pathChanged.connect(() => {
        void tracker.save(widget);
      });
      void tracker.add(widget);
    });
    void restorer?.restore(tracker, {
      command: 'docmanager:open',
      args: ({ context }) => ({ path: context.path, factory: FACTORY }),
      name: ({ context }) => context.path
    });

    const chosen = () => [
      ...(browsers?.tracker.currentWidget?.selectedItems() ?? [])
    ];
    app.commands.addCommand(CommandIDs.openFile, {
      label: trans.__('Open in Insights'),
      caption: trans.__('Show the rows and the profile of this file'),
      icon: insightsIcon,
      describedBy: { args: { type: 'object', properties: {} } },
      isVisible: () => {
        const items = chosen();
        return (
          items.length > 0 &&
          items.every(({ name, type }) => type === 'file' && isSupported(name))
        );
      },
      execute: async () => {
        for (const { path } of chosen()) {
          await app.commands.execute('docmanager:open', {
            path,
            factory: FACTORY
          });
        }
      }
    });
  }
};
