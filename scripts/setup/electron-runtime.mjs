import { existsSync, readFileSync } from 'node:fs';
import { inRoot } from './places.mjs';
import { run, Step } from './progress.mjs';
import { readStamp, writeStamp } from './stamps.mjs';

const DOWNLOAD_MS = 240_000;
const PROBE_MS = 5_000;
const folder = inRoot('node_modules', 'electron');

/** Path of the Electron program, or null where its runtime is not installed. */
export function findElectron() {
  try {
    const program = inRoot('node_modules', 'electron', 'dist', readFileSync(`${folder}/path.txt`, 'utf8').trim());
    return existsSync(program) ? program : null;
  } catch {
    return null;
  }
}

/**
 * Fetches the Electron runtime with the package's own script: once per version, and again with `again`. Without it
 * everything but the window works, so its absence is no error.
 */
export async function installElectronRuntime({ again = false } = {}) {
  if (findElectron() !== null || !existsSync(`${folder}/install.js`)) return;
  const { version } = JSON.parse(readFileSync(`${folder}/package.json`, 'utf8'));
  if (!again && readStamp('electron') === version) return;
  const step = new Step('Electron runtime');
  writeStamp('electron', version);
  if (!(await canReachDownloads())) {
    step.skipped('its download server is out of reach; the dashboard will open in a browser');
    return;
  }
  const result = await run(process.execPath, ['install.js'], { step, cwd: folder, timeoutMs: DOWNLOAD_MS });
  if (findElectron() !== null) step.done();
  else {
    const reason = result.timedOut ? 'the download took too long' : 'the download did not work';
    step.skipped(`${reason}; the dashboard will open in a browser. "npm start -- --setup-only" tries again`);
  }
}

/** Where packets vanish the script would wait for minutes. Behind a proxy or with a mirror it must find out itself. */
async function canReachDownloads() {
  const { env } = process;
  const settings = [
    'HTTPS_PROXY',
    'https_proxy',
    'ELECTRON_MIRROR',
    'electron_mirror',
    'npm_config_electron_mirror',
    'electron_config_cache',
  ];
  if (settings.some((name) => env[name])) return true;
  try {
    await fetch('https://github.com/', { method: 'HEAD', signal: AbortSignal.timeout(PROBE_MS) });
    return true;
  } catch {
    return false;
  }
}
