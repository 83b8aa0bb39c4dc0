// `npm start`: set-up, then the desktop window, or the same dashboard for a browser where there can be no window. npm runs
// scripts/packages.mjs before, so that this runs on the pinned Node.
import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { constants } from 'node:os';
import { parseArgs } from 'node:util';
import { program } from './setup/builds.mjs';
import { findElectron } from './setup/electron-runtime.mjs';
import { inRoot, pinnedEnvironment, pinnedNode, root, youngSpaceFlag } from './setup/places.mjs';
import { SetupError } from './setup/progress.mjs';
import { setUp } from './setup/setup.mjs';

const usage = `npm start -- [options]
  --headless            no window: serve the dashboard and print a sign-in link
  --data-dir DIR        where the cloud's data lives (CUMULET_DATA_DIR)
  --listen HOST:PORT    address of the one origin (CUMULET_LISTEN, default 127.0.0.1:8774)
  --hypervisor DRIVER   qemu or simulated (CUMULET_HYPERVISOR)
  --no-agent            the controller only
  --setup-only          install and build what is missing, start nothing
  --help
CUMULET_ADMIN_PASSWORD sets the administrator's password at the first start.`;

const options = {
  headless: { type: 'boolean' },
  'data-dir': { type: 'string' },
  listen: { type: 'string' },
  hypervisor: { type: 'string' },
  'no-agent': { type: 'boolean' },
  'setup-only': { type: 'boolean' },
  help: { type: 'boolean' },
};

/** An Electron that ends this soon with an error has not shown its window: something it needs is not there. */
const BROKEN_WITHIN_MS = 10_000;

async function main() {
  const given = readArguments();
  if (given.help) {
    console.log(usage);
    return 0;
  }
  const noWindow = given.headless ? 'asked for with --headless' : whyNoDisplay();
  const { milliseconds } = await setUp({ desktop: noWindow === null, again: given['setup-only'] });
  if (given['setup-only']) {
    console.log(`Everything is set up (${(milliseconds / 1000).toFixed(1)} s).`);
    return 0;
  }
  if (noWindow !== null) return await serveHeadless(given, noWindow);
  const electron = findElectron();
  if (electron === null) return await serveHeadless(given, 'the Electron runtime is not installed');
  const startedAt = performance.now();
  const code = await runUntilEnd(electron, [root, ...forwarded(given)], process.env);
  if (code === 0 || performance.now() - startedAt > BROKEN_WITHIN_MS) return code;
  return await serveHeadless(given, `Electron ended with code ${code}`);
}

function readArguments() {
  try {
    return parseArgs({ options, strict: true, allowPositionals: false }).values;
  } catch (error) {
    throw new SetupError(`${error.message}\n\n${usage}`);
  }
}

/** Why this session cannot show a window, or null. */
function whyNoDisplay() {
  if (process.platform !== 'linux') return null;
  if (!process.env.DISPLAY && !process.env.WAYLAND_DISPLAY) return 'this session has no display';
  if (process.getuid() === 0) return "Chromium's sandbox does not work as root";
  return null;
}

/** This process becomes the controller, where the system and this Node can do that; else it waits for it. */
async function serveHeadless(given, reason) {
  console.log(`No window (${reason}): open the link below in a browser.`);
  const args = [youngSpaceFlag, program.result, 'serve', '--print-sign-in-link', ...forwarded(given)];
  if (given['no-agent']) args.push('--no-agent');
  if (process.platform !== 'win32' && process.execve) {
    process.execve(pinnedNode, [pinnedNode, ...args], pinnedEnvironment);
  }
  return await runUntilEnd(pinnedNode, args, pinnedEnvironment);
}

function forwarded(given) {
  return ['data-dir', 'listen', 'hypervisor'].flatMap((name) =>
    given[name] === undefined ? [] : [`--${name}`, given[name]],
  );
}

/** Ctrl-C reaches the program by its terminal; this process only waits for it to finish cleanly. */
function runUntilEnd(program, args, env) {
  return new Promise((resolve, reject) => {
    const child = spawn(program, args, { stdio: 'inherit', env });
    const pass = (signal) => child.kill(signal);
    for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, pass);
    child.on('error', reject);
    child.on('exit', (code, signal) => {
      for (const name of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.off(name, pass);
      resolve(signal === null ? (code ?? 1) : 128 + constants.signals[signal]);
    });
  });
}

try {
  if (!existsSync(inRoot('package-lock.json')))
    throw new SetupError(`${root} has no package-lock.json: the checkout is not whole.`);
  process.exitCode = await main();
} catch (error) {
  console.error(error instanceof SetupError ? `\n${error.message}` : error);
  process.exitCode = 1;
}
