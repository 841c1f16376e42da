/** The conversation about a dataset. */

export { AskView } from './view';
