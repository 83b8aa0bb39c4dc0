// How the program and the desktop are bundled: one file where sources are hundreds, types gone, with source maps.
import { build } from 'vite';
import { root } from './setup/places.mjs';

/** Bundles `input` (files by name) for Node 24 into `outDir`. */
export async function bundle({ input, outDir, output, packages, plugins = [], emptyOutDir = true }) {
  await build({
    root,
    configFile: false,
    logLevel: 'warn',
    publicDir: false,
    plugins,
    ...(packages === 'inside' ? { ssr: { noExternal: true } } : {}),
    build: {
      outDir,
      target: 'node24',
      minify: false,
      sourcemap: true,
      ssr: true,
      emptyOutDir,
      // The sources are beside it; packed apps have no use for a second copy of them.
      rolldownOptions: { input, external: ['electron'], output: { sourcemapExcludeSources: true, ...output } },
    },
  });
}
