export { ProfileView } from './view';
