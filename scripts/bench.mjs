// `npm run bench [-- name ...]`: every bench/<name>.bench.ts in turn, then all figures in one table.
import { spawn } from 'node:child_process';
import { mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { createInterface } from 'node:readline';
import { formatTable, readFigure } from './bench-table.mjs';
import { inRoot, pinnedEnvironment, pinnedNode, root } from './setup/places.mjs';
import { SetupError } from './setup/progress.mjs';
import { setUp } from './setup/setup.mjs';

async function main() {
  const chosen = process.argv.slice(2);
  const names = readdirSync(inRoot('bench'))
    .filter((file) => file.endsWith('.bench.ts'))
    .map((file) => file.slice(0, -'.bench.ts'.length))
    .sort();
  const unknown = chosen.filter((name) => !names.includes(name));
  if (unknown.length > 0) throw new SetupError(`No benchmark ${unknown.join(', ')}. There are: ${names.join(', ')}.`);
  await setUp({ desktop: false, forTests: true });
  const figures = [];
  let failed = 0;
  for (const name of chosen.length > 0 ? chosen : names) {
    console.log(`\n=== ${name} ===`);
    const result = await runBench(name);
    figures.push(...result.figures);
    if (result.code !== 0 || result.figures.length === 0) {
      failed += 1;
      console.log(`${name} ${result.code === 0 ? 'gave no figure' : `ended with code ${result.code}`}`);
    }
  }
  mkdirSync(inRoot('artifacts'), { recursive: true });
  writeFileSync(inRoot('artifacts', 'bench.json'), `${JSON.stringify(figures, null, 2)}\n`);
  console.log(`\n${formatTable(figures)}`);
  return failed === 0 ? 0 : 1;
}

/** Its figures are the lines of its output that are one; the rest is shown as it comes. */
async function runBench(bench) {
  const child = spawn(pinnedNode, ['--expose-gc', inRoot('bench', `${bench}.bench.ts`)], {
    cwd: root,
    env: pinnedEnvironment,
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const ended = new Promise((resolve, reject) => {
    child.on('error', reject);
    child.on('exit', (code) => resolve(code ?? 1));
  });
  const figures = [];
  for await (const line of createInterface({ input: child.stdout })) {
    const figure = readFigure(line);
    if (figure) figures.push({ bench, ...figure });
    else console.log(line);
  }
  return { figures, code: await ended };
}

try {
  process.exitCode = await main();
} catch (error) {
  console.error(error instanceof SetupError ? error.message : error);
  process.exitCode = 1;
}
