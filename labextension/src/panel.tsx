import type { ITranslator } from '@jupyterlab/translation';
import {
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

import { DatasetsView } from './datasets';
import { insightsIcon } from './icons';
import { DatasetsModel } from './model';
import type { ITransport } from './transport';

/** The sidebar "Insights": a title with its tools, and the datasets below. */
export class InsightsPanel extends SidePanel {
  constructor(options: InsightsPanel.IOptions) {
    super({ content: new Panel(), translator: options.translator });
    const trans = options.translator.load('insights_ext');
    const title = trans.__('Insights');
    this.id = 'insights-ext-panel';
    this.title.icon = insightsIcon;
    this.title.caption = title;
    this.addClass('jp-Insights');
    this.node.tabIndex = -1;
    this.node.setAttribute('role', 'region');
    this.node.setAttribute('aria-label', title);

    this._model = new DatasetsModel({
      transport: options.transport,
      isVisible: () => this.isVisible
    });

    const heading = new Widget({ node: document.createElement('h2') });
    heading.addClass('jp-Insights-heading');
    heading.node.textContent = title;
    this.toolbar.node.setAttribute('aria-label', trans.__('Insights tools'));
    this.toolbar.addItem('title', heading);
    this.toolbar.addItem('spacer', Toolbar.createSpacerItem());
    this.toolbar.addItem(
      'refresh',
      new ToolbarButton({
        icon: refreshIcon,
        tooltip: trans.__('Refresh datasets'),
        onClick: this._onRefresh
      })
    );

    const content = ReactWidget.create(
      <UseSignal signal={this._model.stateChanged}>
        {() => (
          <DatasetsView
            model={this._model}
            trans={trans}
            languageCode={options.translator.languageCode}
            onRetry={this._onRefresh}
          />
        )}
      </UseSignal>
    );
    content.addClass('jp-Insights-content');
    this.addWidget(content);
  }

  override dispose(): void {
    if (this.isDisposed) {
      return;
    }
    this._model.dispose();
    super.dispose();
  }

  /** Read the datasets now. */
  refresh(): Promise<void> {
    return this._model.refresh();
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

  private readonly _model: DatasetsModel;
}

export namespace InsightsPanel {
  export interface IOptions {
    transport: ITransport;
    translator: ITranslator;
  }
}
