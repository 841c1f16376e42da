export { PreviewView } from './view';
