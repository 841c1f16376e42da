/** Ways to carry an answer elsewhere: into the notebook, into its kernel, into a file. */

import React from 'react';

import type { ExportFormat, IAnswer } from '../../types';
import type { IDrawnChart, IViewHost } from '../host';
import type { ILocaleProps } from '../props';
import { type IMenuItem, MenuButton } from '../shared/menu';
import { isVariable, type SourceKind, sourceOf, variableFor } from './source';

export function Carry(
  props: Pick<ILocaleProps, 'trans'> & {
    answer: IAnswer;
    before: string | null;
    host: IViewHost;
    chart: IDrawnChart | null;
  }
): React.ReactElement {
  const { answer, before, host, chart, trans } = props;
  const [notice, setNotice] = React.useState('');
  const [isNaming, setNaming] = React.useState(false);

  /** Do it and say what came of it; the host's errors are made for people. */
  const tell = (what: Promise<string>): void => {
    setNotice('');
    what.then(setNotice, (error: unknown) => {
      setNotice(error instanceof Error ? error.message : String(error));
    });
  };

  const insert = async (kind: SourceKind): Promise<string> => {
    const source = sourceOf(answer, kind, before);
    if (await host.insertIntoNotebook(source)) {
      return trans.__('Inserted into the notebook.');
    }
    await host.copy(source);
    return trans.__('Copied: paste it into a cell of your notebook.');
  };

  const send = async (variable: string): Promise<string> => {
    setNaming(false);
    return (await host.sendToKernel(answer.id, variable))
      ? trans.__('The kernel has it as %1.', variable)
      : trans.__('There is no notebook with a running kernel.');
  };

  const download = async (format: ExportFormat): Promise<string> => {
    const filename = variableFor(answer);
    await host.download({ answer: answer.id, filename, format });
    return '';
  };

  const savePicture = async (): Promise<string> => {
    const picture = await chart?.png();
    if (!picture) {
      return trans.__('The chart cannot be had as a picture here.');
    }
    host.save(`${variableFor(answer)}.png`, picture);
    return '';
  };

  const insertions: IMenuItem[] = [
    {
      label: trans.__('As a question'),
      hint: '%%insight',
      onSelect: () => {
        tell(insert('magic'));
      }
    },
    {
      label: trans.__('As DuckDB code'),
      hint: 'duckdb',
      onSelect: () => {
        tell(insert('duckdb'));
      }
    },
    {
      label: trans.__('As pandas code'),
      hint: 'pandas',
      onSelect: () => {
        tell(insert('pandas'));
      }
    }
  ];
  const formats: IMenuItem[] = (
    [
      ['CSV', 'csv'],
      ['Parquet', 'parquet'],
      ['Excel', 'xlsx']
    ] as const
  ).map(([label, format]) => ({
    label,
    hint: `.${format}`,
    onSelect: () => {
      tell(download(format));
    }
  }));
  if (chart) {
    formats.push({
      label: trans.__('Picture of the chart'),
      hint: '.png',
      onSelect: () => {
        tell(savePicture());
      }
    });
  }

  return (
    <div className="jp-InsightsAsk-carry">
      <div className="jp-InsightsAsk-row">
        <MenuButton
          label={trans.__('Insert into notebook')}
          items={insertions}
        />
        <button
          type="button"
          className="jp-InsightsAsk-button"
          aria-expanded={isNaming}
          onClick={() => {
            setNaming(!isNaming);
          }}
        >
          {trans.__('Send to kernel')}
        </button>
        <MenuButton label={trans.__('Download')} items={formats} />
      </div>
      {isNaming && (
        <VariableForm
          initial={variableFor(answer)}
          trans={trans}
          onSend={variable => {
            tell(send(variable));
          }}
          onCancel={() => {
            setNaming(false);
          }}
        />
      )}
      <p className="jp-InsightsAsk-notice" role="status">
        {notice}
      </p>
    </div>
  );
}

function VariableForm(
  props: Pick<ILocaleProps, 'trans'> & {
    initial: string;
    onSend: (variable: string) => void;
    onCancel: () => void;
  }
): React.ReactElement {
  const { initial, trans, onSend, onCancel } = props;
  const [name, setName] = React.useState(initial);
  const input = React.useRef<HTMLInputElement>(null);
  React.useEffect(() => {
    input.current?.select();
  }, []);
  return (
    <form
      className="jp-InsightsAsk-row"
      onSubmit={event => {
        event.preventDefault();
        if (isVariable(name)) {
          onSend(name);
        }
      }}
      onKeyDown={event => {
        if (event.key === 'Escape') {
          event.stopPropagation();
          onCancel();
        }
      }}
    >
      <label className="jp-InsightsAsk-label">
        {trans.__('DataFrame variable')}
        <input
          ref={input}
          className="jp-InsightsAsk-input"
          value={name}
          spellCheck={false}
          aria-invalid={!isVariable(name)}
          onChange={event => {
            setName(event.target.value);
          }}
        />
      </label>
      <button
        type="submit"
        className="jp-InsightsAsk-button"
        data-primary
        disabled={!isVariable(name)}
      >
        {trans.__('Send')}
      </button>
    </form>
  );
}
