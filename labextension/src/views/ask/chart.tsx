/** The chart of an answer, drawn by the surroundings of the view. */

import React from 'react';

import type { IDrawnChart, IViewHost } from '../host';
import type { ILocaleProps } from '../props';

type Specification = Record<string, unknown>;

export function Chart(
  props: Pick<ILocaleProps, 'trans'> & {
    host: IViewHost;
    spec: Specification;
    onDrawn: (chart: IDrawnChart | null) => void;
  }
): React.ReactElement {
  const { host, spec, trans, onDrawn } = props;
  const node = React.useRef<HTMLDivElement>(null);
  const [state, setState] = React.useState<'drawing' | 'drawn' | 'failed'>(
    'drawing'
  );
  const [theme, setTheme] = React.useState(0);
  const alternative = alternativeOf(spec) ?? trans.__('Chart of the answer');

  // A drawn chart keeps its colours; another theme wants another drawing.
  React.useEffect(
    () =>
      host.onThemeChange(() => {
        setTheme(count => count + 1);
      }),
    [host]
  );

  React.useEffect(() => {
    const place = node.current;
    if (!place) {
      return;
    }
    let isGone = false;
    let drawn: IDrawnChart | null = null;
    setState('drawing');
    host.renderChart(spec, place, alternative).then(
      chart => {
        if (isGone) {
          chart.dispose();
          return;
        }
        drawn = chart;
        setState('drawn');
        onDrawn(chart);
      },
      () => {
        if (!isGone) {
          setState('failed');
        }
      }
    );
    return () => {
      isGone = true;
      onDrawn(null);
      drawn?.dispose();
    };
  }, [host, spec, alternative, onDrawn, theme]);

  return (
    <figure className="jp-InsightsAsk-chart" data-state={state}>
      <div ref={node} className="jp-InsightsAsk-canvas" />
      {state === 'drawing' && (
        <p className="jp-InsightsAsk-quiet">{trans.__('Drawing the chart…')}</p>
      )}
      {state === 'failed' && (
        <p className="jp-InsightsAsk-quiet">
          {trans.__('The chart could not be drawn here; the table has it all.')}
        </p>
      )}
      <figcaption className="jp-InsightsAsk-hidden">{alternative}</figcaption>
    </figure>
  );
}

/** What the chart shows, in the server's words. */
export function alternativeOf(spec: Specification): string | null {
  return typeof spec.description === 'string' ? spec.description : null;
}
