/** The plugins of the extension. */

import { documentsPlugin } from './documents/plugin';
import { filesPlugin } from './files/plugin';
import { plugin } from './lab/plugin';
import { statusPlugin } from './lab/status';

export default [plugin, documentsPlugin, filesPlugin, statusPlugin];
