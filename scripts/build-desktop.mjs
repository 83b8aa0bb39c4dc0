// Bundles what the desktop runs into dist/main: main.js, cumulet.js (controller and agent processes) and preload.cjs.
import { build } from 'vite';
import { inRoot, root } from './setup/places.mjs';

const shared = { root, configFile: false, logLevel: 'warn', publicDir: false };
const output = { outDir: inRoot('dist', 'main'), target: 'node24', minify: false, sourcemap: true };

// Packages stay outside: the packed app carries node_modules, and their files find each other as they are used to.
await build({
  ...shared,
  build: {
    ...output,
    ssr: true,
    emptyOutDir: true,
    rolldownOptions: {
      input: { main: inRoot('main', 'main.ts'), cumulet: inRoot('bin', 'cumulet.ts') },
      external: ['electron'],
      output: { format: 'es', entryFileNames: '[name].js', chunkFileNames: 'chunks/[name]-[hash].js' },
    },
  },
});

// A sandboxed preload script is one CommonJS file and may require nothing but electron.
await build({
  ...shared,
  ssr: { noExternal: true },
  build: {
    ...output,
    ssr: true,
    emptyOutDir: false,
    rolldownOptions: {
      input: { preload: inRoot('main', 'preload', 'preload.ts') },
      external: ['electron'],
      output: { format: 'cjs', entryFileNames: 'preload.cjs', codeSplitting: false },
    },
  },
});
