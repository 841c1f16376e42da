/** The SQL of an answer: to read, to copy, to change and run again through the guard. */

import React from 'react';

import { isAbort, type ITransport, TransportError } from '../../transport';
import type { IQueryResult } from '../../types';
import type { ISqlEditor, IViewHost } from '../host';
import type { ILocaleProps } from '../props';
import { withClauses } from './clauses';
import { Failure } from './failure';
import { ResultTable } from './table';

export function SqlPanel(
  props: ILocaleProps & {
    sql: string;
    datasets: readonly string[];
    transport: ITransport;
    host: IViewHost;
  }
): React.ReactElement {
  const { datasets, transport, host, trans, languageCode } = props;
  const sql = React.useMemo(() => withClauses(props.sql), [props.sql]);
  const place = React.useRef<HTMLDivElement>(null);
  const editor = React.useRef<ISqlEditor | null>(null);
  const text = React.useRef(sql);
  const abort = React.useRef<AbortController | null>(null);
  const [isEditing, setEditing] = React.useState(false);
  const [isRunning, setRunning] = React.useState(false);
  const [copied, setCopied] = React.useState(false);
  const [result, setResult] = React.useState<IQueryResult | null>(null);
  const [error, setError] = React.useState<TransportError | null>(null);

  React.useEffect(() => {
    if (!place.current) {
      return;
    }
    const made = host.createSqlEditor(place.current, {
      value: sql,
      readOnly: true,
      label: trans.__('SQL of the answer'),
      onChange: value => {
        text.current = value;
      }
    });
    editor.current = made;
    text.current = sql;
    return () => {
      editor.current = null;
      made.dispose();
    };
  }, [host, sql, trans]);

  React.useEffect(() => () => abort.current?.abort(), []);

  const run = async (): Promise<void> => {
    const running = new AbortController();
    abort.current = running;
    setRunning(true);
    setError(null);
    try {
      const request = { sql: text.current, datasets: [...datasets] };
      setResult(await transport.query(request, running.signal));
    } catch (reason) {
      if (reason instanceof TransportError) {
        setError(reason);
      } else if (!isAbort(reason)) {
        throw reason;
      }
    } finally {
      setRunning(false);
    }
  };

  const edit = (): void => {
    setEditing(true);
    editor.current?.setReadOnly(false);
    editor.current?.focus();
  };

  const restore = (): void => {
    abort.current?.abort();
    setEditing(false);
    setResult(null);
    setError(null);
    text.current = sql;
    editor.current?.setValue(sql);
    editor.current?.setReadOnly(true);
  };

  return (
    <div className="jp-InsightsAsk-sql">
      <div
        ref={place}
        className="jp-InsightsAsk-editor"
        data-editing={isEditing || undefined}
        onKeyDownCapture={event => {
          if (isEditing && event.key === 'Enter' && hasModifier(event)) {
            event.preventDefault();
            event.stopPropagation();
            void run();
          }
        }}
      />
      <div className="jp-InsightsAsk-row">
        {!isEditing && (
          <button
            type="button"
            className="jp-InsightsAsk-button"
            onClick={edit}
          >
            {trans.__('Edit and run')}
          </button>
        )}
        {isEditing && (
          <>
            <button
              type="button"
              className="jp-InsightsAsk-button"
              data-primary
              disabled={isRunning}
              onClick={() => void run()}
            >
              {isRunning ? trans.__('Running…') : trans.__('Run')}
            </button>
            <button
              type="button"
              className="jp-InsightsAsk-button"
              onClick={restore}
            >
              {trans.__('Back to the answer')}
            </button>
          </>
        )}
        <button
          type="button"
          className="jp-InsightsAsk-button"
          onClick={() => {
            void host.copy(text.current).then(() => {
              setCopied(true);
              window.setTimeout(setCopied, 2_000, false);
            });
          }}
        >
          {copied ? trans.__('Copied') : trans.__('Copy')}
        </button>
        {isEditing && (
          <span className="jp-InsightsAsk-quiet">
            {trans.__('One read-only SELECT; Ctrl Enter runs it.')}
          </span>
        )}
      </div>
      <div role="status">
        {result && !error && (
          <ResultTable
            columns={result.columns}
            rows={result.rows}
            totalRows={result.total_rows}
            label={trans.__('Result of your query')}
            trans={trans}
            languageCode={languageCode}
          />
        )}
      </div>
      {error && <Failure error={error} trans={trans} />}
    </div>
  );
}

function hasModifier(event: React.KeyboardEvent): boolean {
  return event.ctrlKey || event.metaKey;
}
