#!/usr/bin/env node
// Plain JavaScript for any Node from 20. On Node 24 the program runs in this very process: its bundle, or the sources
// where that is not made of them as they are now. An older Node hands over to the pinned one, which bin/cumulet does
// without a process that stays between.
import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import module from 'node:module';
import { constants } from 'node:os';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { isBuilt, program } from '../scripts/setup/builds.mjs';
import { compileCache, inRoot, pinnedNode, root, youngSpaceFlag } from '../scripts/setup/places.mjs';

if (Number(process.versions.node.split('.')[0]) >= 24) {
  module.enableCompileCache(compileCache);
  // For the agent.
  process.env.NODE_COMPILE_CACHE = compileCache;
  await import(pathToFileURL(isBuilt(program) ? program.result : inRoot('bin', 'cumulet.ts')).href);
} else if (existsSync(pinnedNode)) {
  handOver();
} else {
  process.stderr.write(`cumulet: the pinned Node 24 is not installed. Run "npm start -- --setup-only" in ${root}.\n`);
  process.exitCode = 1;
}

function handOver() {
  const args = [youngSpaceFlag, fileURLToPath(import.meta.url), ...process.argv.slice(2)];
  const child = spawn(pinnedNode, args, { stdio: 'inherit' });
  // Ctrl-C reaches the child by itself (one terminal group) and again from here: it takes both as one request.
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => child.kill(signal));
  child.on('error', (error) => {
    process.stderr.write(`cumulet: ${pinnedNode} cannot be started: ${error.message}\n`);
    process.exit(1);
  });
  child.on('exit', (code, signal) => process.exit(signal === null ? (code ?? 1) : 128 + constants.signals[signal]));
}
