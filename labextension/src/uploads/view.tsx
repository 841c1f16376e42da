/** The uploads that are not done: a bar for what runs, a way on for what failed. */

import React from 'react';

import { TransportError } from '../transport';
import type { ILocaleProps } from '../views/props';
import { formatPercent } from '../views/shared/format';
import { describeError } from '../views/shared/problem';
import type { IUpload, UploadQueue } from './queue';

export function Uploads(
  props: ILocaleProps & {
    queue: UploadQueue;
    /** A free name like this one. */
    freeName: (filename: string) => string;
  }
): React.ReactElement | null {
  const { queue, trans } = props;
  const { uploads } = queue;
  return uploads.length === 0 ? null : (
    <ul className="jp-Insights-uploads" aria-label={trans.__('Uploads')}>
      {uploads.map(upload => (
        <Upload key={upload.id} {...props} upload={upload} />
      ))}
    </ul>
  );
}

type IUploadProps = Parameters<typeof Uploads>[0] & { upload: IUpload };

function Upload(props: IUploadProps): React.ReactElement {
  const { upload, queue, trans } = props;
  const isOver = upload.state === 'failed' || upload.state === 'cancelled';
  return (
    <li className="jp-Insights-upload" data-state={upload.state}>
      <span className="jp-Insights-upload-label" title={upload.label}>
        {upload.label}
      </span>
      {isOver ? (
        <Ended {...props} />
      ) : (
        <>
          <button
            className="jp-Insights-button"
            aria-label={trans.__('Cancel the upload of %1', upload.label)}
            onClick={() => {
              queue.cancel(upload.id);
            }}
          >
            {trans.__('Cancel')}
          </button>
          <Progress {...props} />
        </>
      )}
    </li>
  );
}

function Progress(props: IUploadProps): React.ReactElement {
  const { upload, trans, languageCode } = props;
  const { state, share, label } = upload;
  const word =
    state === 'waiting'
      ? trans.__('Waiting')
      : state === 'sending'
        ? trans.__('Sending')
        : trans.__('Reading');
  const percent = share === null ? null : Math.round(share * 100);
  return (
    <div className="jp-Insights-progress">
      <progress
        aria-label={trans.__('Upload of %1', label)}
        max={100}
        value={percent ?? undefined}
      />
      <span className="jp-Insights-quiet jp-Insights-number">
        {percent === null
          ? `${word}…`
          : `${word} ${formatPercent(percent, languageCode)}`}
      </span>
    </div>
  );
}

/** What became of it, and what can be done. */
function Ended(props: IUploadProps): React.ReactElement {
  const { upload, queue, trans, freeName } = props;
  const { id, label, state, error } = upload;
  const isTaken =
    error instanceof TransportError && error.code === 'name_taken';
  const again = (text: string, target?: Parameters<typeof queue.retry>[1]) => (
    <button
      className="jp-Insights-button"
      onClick={() => {
        queue.retry(id, target);
      }}
    >
      {text}
    </button>
  );
  const { message, hint } = describeError(error, trans);
  return (
    <>
      <button
        className="jp-Insights-button"
        aria-label={trans.__('Dismiss %1', label)}
        title={trans.__('Dismiss')}
        onClick={() => {
          queue.dismiss(id);
        }}
      >
        ×
      </button>
      {state === 'cancelled' ? (
        <p className="jp-Insights-quiet">{trans.__('Cancelled')}</p>
      ) : (
        <p className="jp-Insights-error-line" role="alert">
          {message} {!isTaken && hint}
        </p>
      )}
      <div className="jp-Insights-buttons">
        {isTaken ? (
          <>
            {again(trans.__('Replace'), { replace: true })}
            {again(trans.__('Keep both'), { name: freeName(label) })}
          </>
        ) : (
          again(trans.__('Retry'))
        )}
      </div>
    </>
  );
}
