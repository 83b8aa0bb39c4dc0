// Bundles the desktop's own processes into dist/main: main.js and preload.cjs. They run dist/program beside it.
import { bundle } from './bundle.mjs';
import { inRoot } from './setup/places.mjs';

const outDir = inRoot('dist', 'main');

// Packages stay outside: the packed app carries node_modules, and their files find each other as they are used to.
await bundle({
  input: { main: inRoot('main', 'main.ts') },
  outDir,
  packages: 'outside',
  output: { format: 'es', entryFileNames: '[name].js', chunkFileNames: 'chunks/[name]-[hash].js' },
});

// A sandboxed preload script is one CommonJS file and may require nothing but electron.
await bundle({
  input: { preload: inRoot('main', 'preload', 'preload.ts') },
  outDir,
  packages: 'inside',
  emptyOutDir: false,
  output: { format: 'cjs', entryFileNames: 'preload.cjs', codeSplitting: false },
});
