import { spawn } from 'node:child_process';
import { root } from './places.mjs';

const isTerminal = Boolean(process.stdout.isTTY);
const seconds = (startedAt) => `${((performance.now() - startedAt) / 1000).toFixed(1)} s`;
/** Lines of a failed command's output that are shown. */
const SHOWN_LINES = 25;

/** One line of set-up as it happens: what runs, its last output, how long it has taken. */
export class Step {
  #title;
  #startedAt = performance.now();
  #timer = null;
  #lastLine = '';

  constructor(title) {
    this.#title = title;
    if (isTerminal) {
      this.#timer = setInterval(() => this.#draw(), 250);
      this.#draw();
    } else {
      process.stdout.write(`  ... ${title}\n`);
    }
  }

  /** Shown beside the title until the next one, where there is a terminal. */
  note(line) {
    this.#lastLine = line.trim();
  }

  done(detail = '') {
    this.#end('ok ', detail);
  }

  /** Not done, and the rest goes on. */
  skipped(detail) {
    this.#end(' - ', detail);
  }

  failed(detail) {
    this.#end('!! ', detail);
  }

  #draw() {
    const text = `  ... ${this.#title} (${seconds(this.#startedAt)}) ${this.#lastLine}`;
    process.stdout.write(`\r\x1b[2K${text.slice(0, (process.stdout.columns ?? 80) - 1)}`);
  }

  #end(mark, detail) {
    if (this.#timer) {
      clearInterval(this.#timer);
      process.stdout.write('\r\x1b[2K');
    }
    process.stdout.write(`  ${mark} ${this.#title} (${seconds(this.#startedAt)})${detail ? `: ${detail}` : ''}\n`);
  }
}

/** Something that went wrong in a way that set-up knows how to explain. */
export class SetupError extends Error {}

/**
 * Runs a command quietly and answers `{code, output, timedOut}`; never throws for what the command does. Lines go to
 * `step` as they come.
 */
export function run(command, args, { step = null, timeoutMs = 0, env = process.env, cwd = root } = {}) {
  return new Promise((resolve) => {
    const child = spawn(command, args, {
      cwd,
      env,
      stdio: ['ignore', 'pipe', 'pipe'],
      shell: process.platform === 'win32',
      detached: process.platform !== 'win32',
    });
    let output = '';
    let timedOut = false;
    const expire = () => {
      timedOut = true;
      killGroup(child);
    };
    const timer = timeoutMs > 0 ? setTimeout(expire, timeoutMs) : undefined;
    const stop = () => killGroup(child);
    process.once('exit', stop);
    const read = (chunk) => {
      output = (output + chunk).slice(-100_000);
      const lines = String(chunk)
        .split(/[\r\n]+/)
        .filter((line) => line.trim() !== '');
      if (step && lines.length > 0) step.note(lines[lines.length - 1]);
    };
    child.stdout.on('data', read);
    child.stderr.on('data', read);
    const end = (code) => {
      clearTimeout(timer);
      process.off('exit', stop);
      resolve({ code, output, timedOut });
    };
    child.on('error', (error) => {
      output += error.message;
      end(127);
    });
    child.on('close', (code) => end(code ?? 1));
  });
}

/** The end of a command's output, indented, for an error message. */
export function tail(output) {
  const lines = output.split(/\r?\n/).filter((line) => line.trim() !== '');
  return lines
    .slice(-SHOWN_LINES)
    .map((line) => `      ${line}`)
    .join('\n');
}

function killGroup(child) {
  try {
    if (process.platform === 'win32') child.kill();
    else process.kill(-child.pid, 'SIGKILL');
  } catch {
    // It ended by itself.
  }
}
