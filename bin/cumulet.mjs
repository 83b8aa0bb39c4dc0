#!/usr/bin/env node
// Plain JavaScript for any Node from 20: hands over to cumulet.ts on the Node 24 that the project pins.
import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { constants } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const pinned = join(root, 'node_modules', 'node', 'bin', process.platform === 'win32' ? 'node.exe' : 'node');
const runsHere = Number(process.versions.node.split('.')[0]) >= 24;
const node = existsSync(pinned) ? pinned : runsHere ? process.execPath : null;

if (node === null) {
  process.stderr.write(`cumulet: the pinned Node 24 is not installed. Run "npm start -- --setup-only" in ${root}.\n`);
  process.exit(1);
}

/** MiB. V8 lets the room for new objects grow to several times this while the program loads, and never gives it back. */
const memory = '--max-semi-space-size=4';
const child = spawn(node, [memory, join(root, 'bin', 'cumulet.ts'), ...process.argv.slice(2)], {
  stdio: 'inherit',
  env: { NODE_COMPILE_CACHE: join(root, 'node_modules', '.cache', 'compile'), ...process.env },
});

// Ctrl-C reaches the child by itself (one terminal group) and again from here: cumulet.ts takes both as one request.
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => child.kill(signal));

child.on('error', (error) => {
  process.stderr.write(`cumulet: ${node} cannot be started: ${error.message}\n`);
  process.exit(1);
});
child.on('exit', (code, signal) => {
  process.exit(signal === null ? (code ?? 1) : 128 + constants.signals[signal]);
});
