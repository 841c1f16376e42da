/** An error as a person can use it: what happened, what helps, and a button that tries again. */

import type { TranslationBundle } from '@jupyterlab/translation';
import React from 'react';

import { TransportError } from '../../transport';

/** What failed, in the server's own words, or in ours where the answer did not come from Insights. */
export function describeError(
  error: unknown,
  trans: TranslationBundle
): { message: string; hint: string | null } {
  if (!(error instanceof TransportError)) {
    const message = error instanceof Error ? error.message : String(error);
    return { message, hint: null };
  }
  switch (error.code) {
    case 'unreachable':
      return {
        message: trans.__('The server does not answer.'),
        hint: trans.__('Check that Jupyter is still running, then retry.')
      };
    case 'not_json':
    case 'http_404':
      return {
        message: trans.__('Insights is not running on this server.'),
        hint: trans.__(
          'Run "jupyter server extension enable insights_ext" and restart Jupyter.'
        )
      };
    case 'http_403':
      return {
        message: trans.__('The server does not accept this session.'),
        hint: trans.__('Reload the page and log in again.')
      };
    default:
      return { message: error.message, hint: error.hint };
  }
}

export function Problem(props: {
  title: string;
  error: unknown;
  trans: TranslationBundle;
  onRetry?: () => void;
  /** Another way on than trying again. */
  children?: React.ReactNode;
}): React.ReactElement {
  const { title, error, trans, onRetry } = props;
  const { message, hint } = describeError(error, trans);
  const requestId = error instanceof TransportError ? error.requestId : null;
  return (
    <div className="jp-Insights-message jp-Insights-error" role="alert">
      <p className="jp-Insights-lead">{title}</p>
      <p>{message}</p>
      {hint && <p>{hint}</p>}
      {requestId && (
        <p className="jp-Insights-quiet">{trans.__('Request %1', requestId)}</p>
      )}
      {onRetry && (
        <button className="jp-mod-styled jp-mod-accept" onClick={onRetry}>
          {trans.__('Retry')}
        </button>
      )}
      {props.children}
    </div>
  );
}
