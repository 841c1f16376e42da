/** What went wrong, in words, with a way on. */

import React from 'react';

import type { TransportError } from '../../transport';
import type { ILocaleProps } from '../props';

export function Failure(
  props: Pick<ILocaleProps, 'trans'> & {
    error: TransportError;
    onRetry?: () => void;
  }
): React.ReactElement {
  const { error, trans, onRetry } = props;
  const isUnreachable = error.code === 'unreachable';
  return (
    <div className="jp-InsightsAsk-failure" role="alert">
      <p className="jp-InsightsAsk-lead">
        {isUnreachable ? trans.__('No answer came.') : error.message}
      </p>
      <p>
        {isUnreachable
          ? trans.__('Check that Jupyter is still running, then try again.')
          : error.hint}
      </p>
      <p className="jp-InsightsAsk-row">
        {onRetry && (
          <button
            type="button"
            className="jp-InsightsAsk-button"
            onClick={onRetry}
          >
            {trans.__('Try again')}
          </button>
        )}
        {error.requestId && (
          <span className="jp-InsightsAsk-quiet">
            {trans.__('Request %1', error.requestId)}
          </span>
        )}
      </p>
    </div>
  );
}
