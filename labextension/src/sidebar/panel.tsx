/** The sidebar "Insights": a title with its tools, and the datasets below. */

import type { ITranslator } from '@jupyterlab/translation';
import {
  fileUploadIcon,
  ReactWidget,
  refreshIcon,
  SidePanel,
  Toolbar,
  ToolbarButton,
  UseSignal
} from '@jupyterlab/ui-components';
import type { Message } from '@lumino/messaging';
import { Panel, Widget } from '@lumino/widgets';
import React from 'react';

import { insightsIcon } from '../lab/icons';
import { acceptDrops } from '../uploads/drop';
import { freeName } from '../uploads/names';
import type { UploadQueue } from '../uploads/queue';
import { DatasetsView } from './list';
import type { DatasetsModel } from './model';
import type { IRowActions } from './row';

export class InsightsPanel extends SidePanel {
  constructor(options: InsightsPanel.IOptions) {
    super({ content: new Panel(), translator: options.translator });
    const { model, queue, actions, translator, onUpload } = options;
    const trans = translator.load('insights_ext');
    const title = trans.__('Insights');
    this.id = 'insights-ext-panel';
    this.title.icon = insightsIcon;
    this.title.caption = title;
    this.addClass('jp-Insights');
    this.node.tabIndex = -1;
    this.node.setAttribute('role', 'region');
    this.node.setAttribute('aria-label', title);
    this._model = model;

    const heading = new Widget({ node: document.createElement('h2') });
    heading.addClass('jp-Insights-heading');
    heading.node.textContent = title;
    this.toolbar.node.setAttribute('aria-label', trans.__('Insights tools'));
    this.toolbar.addItem('title', heading);
    this.toolbar.addItem('spacer', Toolbar.createSpacerItem());
    this.toolbar.addItem(
      'upload',
      new ToolbarButton({
        icon: fileUploadIcon,
        tooltip: trans.__('Upload files'),
        onClick: onUpload
      })
    );
    this.toolbar.addItem(
      'refresh',
      new ToolbarButton({
        icon: refreshIcon,
        tooltip: trans.__('Refresh datasets'),
        onClick: this._onRefresh
      })
    );

    const names = () => new Set((model.datasets ?? []).map(({ name }) => name));
    const content = ReactWidget.create(
      <UseSignal signal={model.stateChanged}>
        {() => (
          <UseSignal signal={queue.changed}>
            {() => (
              <DatasetsView
                model={model}
                queue={queue}
                actions={actions}
                freeName={filename => freeName(filename, names())}
                trans={trans}
                languageCode={translator.languageCode}
                onUpload={onUpload}
                onRetry={this._onRefresh}
              />
            )}
          </UseSignal>
        )}
      </UseSignal>
    );
    content.addClass('jp-Insights-content');
    this.addWidget(content);
    this._endDrops = acceptDrops(this.node, sources => {
      queue.add(sources);
    });
  }

  override dispose(): void {
    if (this.isDisposed) {
      return;
    }
    this._endDrops();
    super.dispose();
  }

  protected override onAfterShow(msg: Message): void {
    super.onAfterShow(msg);
    this._onRefresh();
  }

  protected override onActivateRequest(msg: Message): void {
    super.onActivateRequest(msg);
    this.node.focus();
  }

  private readonly _onRefresh = (): void => {
    void this._model.refresh();
  };

  private readonly _endDrops: () => void;
  private readonly _model: DatasetsModel;
}

export namespace InsightsPanel {
  export interface IOptions {
    model: DatasetsModel;
    queue: UploadQueue;
    actions: IRowActions;
    translator: ITranslator;
    /** Let the reader choose files and upload them. */
    onUpload: () => void;
  }
}
