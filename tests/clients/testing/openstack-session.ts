import { type ChildProcessWithoutNullStreams, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { clientEnvironment, startCloud, type TestCloud, type TestCloudOptions } from '../../cloud.ts';

const script = fileURLToPath(new URL('openstack-session.py', import.meta.url));

interface Answer {
  code: number;
  stdout: string;
  stderr: string;
}

/** The one Python process of a session; commands wait for each other. */
class ClientProcess {
  readonly #child: ChildProcessWithoutNullStreams;
  readonly #waiting: { resolve: (answer: Answer) => void; reject: (error: Error) => void }[] = [];
  #errors = '';

  constructor() {
    this.#child = spawn('/usr/bin/python3', [script], { env: { PATH: '/usr/bin:/bin' } });
    createInterface(this.#child.stdout).on('line', (line) => this.#waiting.shift()?.resolve(JSON.parse(line)));
    this.#child.stderr.on('data', (text) => {
      this.#errors += text;
    });
    this.#child.on('exit', () => {
      for (const { reject } of this.#waiting) reject(new Error(`the openstack session ended: ${this.#errors}`));
    });
  }

  async ask(command: string, env: Record<string, string>): Promise<Answer> {
    return await new Promise((resolve, reject) => {
      this.#waiting.push({ resolve, reject });
      this.#child.stdin.write(`${JSON.stringify({ command, env })}\n`);
    });
  }

  async close(): Promise<void> {
    this.#child.stdin.end();
    if (this.#child.exitCode === null) await once(this.#child, 'exit');
  }
}

/** The real `openstack` command as one person: what they write, what they read. */
export class OpenStackSession {
  readonly #process: ClientProcess;
  readonly #env: Record<string, string>;

  private constructor(process: ClientProcess, env: Record<string, string>) {
    this.#process = process;
    this.#env = env;
  }

  /** With a cloud without machines, as its administrator in the project `admin`. Both start side by side. */
  static async start(options: TestCloudOptions = {}): Promise<{ cloud: TestCloud; openstack: OpenStackSession }> {
    const process = new ClientProcess();
    const cloud = await startCloud({ hypervisor: 'none', ...options });
    return { cloud, openstack: new OpenStackSession(process, clientEnvironment(cloud.url, cloud.password)) };
  }

  /** In the same process with other `OS_` variables; null takes one away. */
  as(variables: Record<string, string | null>): OpenStackSession {
    const env = Object.entries({ ...this.#env, ...variables }).filter((pair): pair is [string, string] => !!pair[1]);
    return new OpenStackSession(this.#process, Object.fromEntries(env));
  }

  /** What a command prints; it must not fail. Quotes are the shell's. */
  async run(command: string): Promise<string> {
    const { code, stdout, stderr } = await this.#process.ask(command, this.#env);
    if (code !== 0) throw new Error(`openstack ${command}: ${code} ${stderr}`);
    return stdout;
  }

  async json(command: string): Promise<any> {
    return JSON.parse(await this.run(`${command} -f json`));
  }

  /** What a command says on stderr; it must fail. */
  async refusal(command: string): Promise<string> {
    const { code, stdout, stderr } = await this.#process.ask(command, this.#env);
    if (code === 0) throw new Error(`openstack ${command} was expected to fail: ${stdout}`);
    return stderr.trim();
  }

  async close(): Promise<void> {
    await this.#process.close();
  }
}
