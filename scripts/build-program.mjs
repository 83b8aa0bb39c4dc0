// Bundles the `cumulet` command, which controller and agent are, into dist/program: what npm start, bin/cumulet and the
// desktop run.
import { readdirSync, renameSync, rmSync } from 'node:fs';
import http from 'node:http';
import { basename, posix } from 'node:path';
import { bundle } from './bundle.mjs';
import { inRoot } from './setup/places.mjs';

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

/**
 * A module's import of `node:http` reads all that it exports, of which some, when read, loads all of Node's `fetch`: 25 ms
 * and some MiB in each process, also where nothing is fetched. What is required is not read.
 */
const requireHttp = {
  name: 'require-http',
  enforce: 'pre',
  resolveId: (id, _importer, { kind }) => (id === 'node:http' && kind === 'import-statement' ? '\0http' : null),
  load(id) {
    if (id !== '\0http') return null;
    const names = Object.entries(Object.getOwnPropertyDescriptors(http)).filter(([, { value }]) => value !== undefined);
    return `const http = process.getBuiltinModule('node:http');
      export default http;
      ${names.map(([name]) => `export const ${name} = http.${name};`).join('\n')}`;
  },
};

/** Stacks are told in lines of ours; the map of all packages is larger than all else together. */
const dropMapOfPackages = {
  name: 'drop-map-of-packages',
  generateBundle(_options, files) {
    for (const name of Object.keys(files)) if (/packages[~-][^/]*\.map$/.test(name)) delete files[name];
  },
};

const place = inRoot('dist', 'program');
const made = inRoot('dist', 'program.new');
await bundle({
  input: { cumulet: inRoot('bin', 'cumulet.ts'), ...workerEntries },
  outDir: made,
  packages: 'inside',
  plugins: [requireHttp, nameBundledWorkers, dropMapOfPackages],
  output: {
    format: 'es',
    entryFileNames: '[name].js',
    chunkFileNames: 'chunks/[name]-[hash].js',
    // Names stay, for stacks; V8 keeps the text of all that is loaded, so that spaces and comments cost memory.
    minify: { compress: false, mangle: false },
    codeSplitting: { groups: [{ name: 'packages', test: /[\\/]node_modules[\\/]/, entriesAware: true }] },
  },
});
// As a whole: one that runs may still have to load a file of its own.
rmSync(place, { recursive: true, force: true });
renameSync(made, place);
