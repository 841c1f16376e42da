import { LabIcon } from '@jupyterlab/ui-components';

import insightsSvg from '../../style/icons/insights.svg';

/** The mark of Insights: bars and a spark. */
export const insightsIcon = new LabIcon({
  name: 'insights-ext:insights',
  svgstr: insightsSvg
});
