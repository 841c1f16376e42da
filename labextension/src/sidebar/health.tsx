/** One line at the foot: who plans the answers, how the workers are protected, which version this is. */

import type { TranslationBundle } from '@jupyterlab/translation';
import React from 'react';

import type { IHealth } from '../types';

export function HealthLine(props: {
  health: IHealth;
  trans: TranslationBundle;
}): React.ReactElement {
  const { health, trans } = props;
  const isGood = health.status === 'ok';
  return (
    <div className="jp-Insights-health" data-status={health.status}>
      {health.warnings.map(warning => (
        <p key={warning} className="jp-Insights-warning">
          {warning}
        </p>
      ))}
      <p>
        <span>{isGood ? trans.__('Ready') : trans.__('Degraded')}</span>
        <span>{trans.__('Planner: %1', health.planner)}</span>
        <span>{trans.__('Sandbox: %1', health.sandbox.level)}</span>
        <span>{trans.__('Version %1', health.version)}</span>
      </p>
    </div>
  );
}
