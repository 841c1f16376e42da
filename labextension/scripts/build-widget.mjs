// Bundle the widget's views into one ES module and one style sheet, which the Python package ships.
import { mkdir, rm } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';

import { build } from 'esbuild';

const root = new URL('..', import.meta.url);
const target = new URL('../insights_ext/widgets/static/', root);
const isProduction = process.argv.includes('--production');

await rm(target, { recursive: true, force: true });
await mkdir(target, { recursive: true });
await build({
  absWorkingDir: fileURLToPath(root),
  entryPoints: [
    { in: 'src/widget/index.tsx', out: 'explorer' },
    { in: 'style/widget.css', out: 'explorer' }
  ],
  outdir: fileURLToPath(target),
  bundle: true,
  format: 'esm',
  target: ['es2022', 'chrome110', 'firefox115', 'safari16.4'],
  jsx: 'transform',
  minify: isProduction,
  legalComments: 'none',
  loader: { '.svg': 'dataurl', '.png': 'dataurl' },
  define: {
    'process.env.NODE_ENV': isProduction ? '"production"' : '"development"'
  },
  logLevel: 'warning'
});
