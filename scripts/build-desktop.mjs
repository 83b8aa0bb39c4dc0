// Bundles what the desktop runs into dist/main: main.js, cumulet.js (controller and agent processes) and preload.cjs.
import { readdirSync } from 'node:fs';
import { basename, posix } from 'node:path';
import { build } from 'vite';
import { inRoot, root } from './setup/places.mjs';

const shared = { root, configFile: false, logLevel: 'warn', publicDir: false };
const output = { outDir: inRoot('dist', 'main'), target: 'node24', minify: false, sourcemap: true };

/** Worker threads are started from files of their own, so each is an entry, `workers/<name>.js`. */
const workers = readdirSync(inRoot('app'), { recursive: true }).filter((path) => path.endsWith('.worker.ts'));
const workerEntries = Object.fromEntries(
  workers.map((path) => [`workers/${basename(path, '.ts')}`, inRoot('app', path)]),
);

/** Makes `new URL('./x.worker.ts', import.meta.url)` name the bundled file from wherever the code has landed. */
const nameBundledWorkers = {
  name: 'name-bundled-workers',
  renderChunk(code, { fileName }) {
    const toRoot = posix.relative(posix.dirname(fileName), '.') || '.';
    return { code: code.replace(/(["'])\.\/([\w-]+\.worker)\.ts\1/g, `$1${toRoot}/workers/$2.js$1`), map: null };
  },
};

// Packages stay outside: the packed app carries node_modules, and their files find each other as they are used to.
await build({
  ...shared,
  plugins: [nameBundledWorkers],
  build: {
    ...output,
    ssr: true,
    emptyOutDir: true,
    rolldownOptions: {
      input: { main: inRoot('main', 'main.ts'), cumulet: inRoot('bin', 'cumulet.ts'), ...workerEntries },
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
