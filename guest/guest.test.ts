import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { createServer, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, test } from 'vitest';

const run = promisify(execFile);
const here = fileURLToPath(new URL('.', import.meta.url));
const outDir = join(here, '..', '.cache', 'guest');
const image = join(outDir, 'cumulet-linux.qcow2');
const SSH_KEY = 'ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIHRoaXMgaXMgb25seSBhIHRlc3Qga2V5ISEhISE= someone@example.org';
/** Emulated machines are slow when the computer is busy. */
const BOOT_MS = 180_000;
const REPLY_MS = 30_000;

/** Text that arrives on a socket, consumed by waiting for patterns. */
class Conversation {
  #text = '';
  #wake = () => {};
  readonly #socket: Socket;

  constructor(socket: Socket) {
    this.#socket = socket;
    socket.setEncoding('utf8');
    socket.on('error', () => {});
    socket.on('data', (chunk: string) => {
      this.#text += chunk;
      this.#wake();
    });
  }

  send(line: string): void {
    this.#socket.write(`${line}\n`);
  }

  /** Answers all text up to and including the match. */
  async until(pattern: RegExp, timeoutMs = REPLY_MS): Promise<string> {
    const deadline = AbortSignal.timeout(timeoutMs);
    for (;;) {
      const match = pattern.exec(this.#text);
      if (match) {
        const end = match.index + match[0].length;
        const seen = this.#text.slice(0, end);
        this.#text = this.#text.slice(end);
        return seen;
      }
      await new Promise<void>((resolve, reject) => {
        const late = () => reject(new Error(`no ${pattern} within ${timeoutMs} ms, but:\n${this.#text}`));
        deadline.addEventListener('abort', late, { once: true });
        this.#wake = () => {
          deadline.removeEventListener('abort', late);
          resolve();
        };
      });
    }
  }

  /** Runs a command at the shell prompt and answers what it printed. */
  async ask(command: string): Promise<string> {
    this.send(command);
    const seen = await this.until(/\n~ # $/);
    return seen.replaceAll('\r', '').split('\n').slice(1, -1).join('\n');
  }

  close(): void {
    this.#socket.destroy();
  }
}

/** QEMU dials in to us, so there is nothing to poll for. */
async function listen(path: string) {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(path, resolve));
  const connected = new Promise<Conversation>((resolve) => {
    server.once('connection', (socket) => resolve(new Conversation(socket)));
  });
  return { server, connected };
}

class Machine {
  serial!: Conversation;
  monitor!: Conversation;
  exited!: Promise<number | null>;
  #process: ChildProcess | undefined;
  readonly #folder: string;

  constructor(folder: string) {
    this.#folder = folder;
  }

  async start(extra: string[]): Promise<void> {
    const overlay = join(this.#folder, 'disk.qcow2');
    await run('qemu-img', ['create', '-q', '-f', 'qcow2', '-b', image, '-F', 'qcow2', overlay]);
    const serial = await listen(join(this.#folder, 'serial'));
    const monitor = await listen(join(this.#folder, 'monitor'));
    const options = [
      ['-machine', 'pc', '-accel', 'tcg', '-m', '128', '-nodefaults', '-display', 'none', '-vga', 'std'],
      ['-chardev', `socket,id=serial,path=${this.#folder}/serial`, '-serial', 'chardev:serial'],
      ['-chardev', `socket,id=monitor,path=${this.#folder}/monitor`, '-mon', 'chardev=monitor,mode=control'],
      ['-drive', `if=virtio,format=qcow2,file=${overlay}`, ...extra],
    ];
    const child = spawn('qemu-system-x86_64', options.flat(), { stdio: ['ignore', 'ignore', 'pipe'] });
    this.#process = child;
    let complaint = '';
    child.stderr.on('data', (chunk) => {
      complaint += chunk;
    });
    this.exited = new Promise((resolve) => child.once('close', resolve));
    const failed = this.exited.then(() => Promise.reject(new Error(`qemu ended: ${complaint}`)));
    try {
      [this.serial, this.monitor] = await Promise.race([Promise.all([serial.connected, monitor.connected]), failed]);
    } finally {
      failed.catch(() => {});
      serial.server.close();
      monitor.server.close();
    }
    this.monitor.send('{"execute":"qmp_capabilities"}');
    await this.monitor.until(/"return": \{\}/);
  }

  async logIn(name: string, password: string): Promise<void> {
    this.serial.send(name);
    await this.serial.until(/Password: $/);
    this.serial.send(password);
    await this.serial.until(/\n~ # $/);
  }

  async stop(): Promise<void> {
    this.#process?.kill('SIGKILL');
    await this.exited;
    this.serial?.close();
    this.monitor?.close();
  }
}

async function withMachine(extra: string[], use: (machine: Machine) => Promise<void>): Promise<void> {
  const folder = await mkdtemp(join(scratch, 'machine-'));
  const machine = new Machine(folder);
  try {
    await machine.start(extra);
    await use(machine);
  } finally {
    await machine.stop();
  }
}

async function configDrive(name: string, files: Record<string, string>): Promise<string[]> {
  const folder = join(scratch, name);
  await mkdir(join(folder, 'openstack', 'latest'), { recursive: true });
  for (const [file, content] of Object.entries(files)) {
    await writeFile(join(folder, 'openstack', 'latest', file), content);
  }
  const iso = `${folder}.iso`;
  const options = ['-quiet', '-V', 'config-2', '-J', '-R', '-o', iso, folder];
  try {
    await run('genisoimage', options);
  } catch {
    await run('xorriso', ['-as', 'mkisofs', ...options]).catch((cause) => {
      throw new Error('this test needs genisoimage or xorriso: apt-get install genisoimage', { cause });
    });
  }
  return ['-drive', `if=ide,media=cdrom,format=raw,file=${iso}`];
}

let scratch: string;

beforeAll(async () => {
  scratch = await mkdtemp(join(tmpdir(), 'cumulet-guest-'));
  await run(join(here, 'build.sh'), [outDir]);
}, 120_000);

afterAll(() => rm(scratch, { recursive: true, force: true }));

test('the description tells the truth about the image', async () => {
  const description = JSON.parse(await readFile(join(outDir, 'cumulet-linux.json'), 'utf8'));
  const { stdout: sum } = await run('sha512sum', [image]);
  const { stdout: info } = await run('qemu-img', ['info', '--output=json', image]);
  expect(description).toMatchObject({ name: 'cumulet-linux', disk_format: 'qcow2', min_disk: 1, min_ram: 96 });
  expect(description.sha512).toBe(sum.split(' ')[0]);
  expect(description.virtual_size).toBe(JSON.parse(info)['virtual-size']);
  expect(description.size).toBe((await readFile(image)).length);
});

test('a second build does nothing', async () => {
  const { stdout } = await run(join(here, 'build.sh'), [outDir]);
  expect(stdout).toBe('guest: up to date\n');
});

test('a machine with a config drive takes name, keys, password, network and script from it', { timeout: 400_000 }, () =>
  withDrive(async (machine) => {
    const { serial, monitor, exited } = machine;
    await serial.until(/cumulet-linux metadata source=configdrive:\/dev\/sr0\r?\n/, BOOT_MS);
    await serial.until(/greetings from web-1\r?\n/, BOOT_MS);
    await serial.until(/cumulet-linux user-data exit=0\r?\n/);
    await serial.until(/cumulet-linux ready hostname=web-1 up=\d+\.\d+\r?\n/, BOOT_MS);
    const banner = await serial.until(/web-1 login: $/);
    expect(banner).toContain('Cumulet Linux');
    expect(banner).toContain('eth0 10.0.2.33');
    // From outside the way in is another address and port, which only the cloud knows.
    expect(banner).not.toContain('ssh cumulet@');
    await machine.logIn('root', 'a "good"\\ one');

    expect(await serial.ask('hostname')).toBe('web-1');
    expect(await serial.ask('cat /root/.ssh/authorized_keys')).toBe(`${SSH_KEY}\n${SSH_KEY} second`);
    expect(await serial.ask('cmp /root/.ssh/authorized_keys /home/cumulet/.ssh/authorized_keys && echo same')).toBe(
      'same',
    );
    expect(await serial.ask('cat /data/made-by-script')).toBe('made');
    expect(await serial.ask('cat /sys/class/net/eth0/mtu')).toBe('1400');
    expect(await serial.ask('ip -4 -o addr show eth0')).toContain('inet 10.0.2.33/24');
    expect(await serial.ask('ip route')).toMatch(/^default via 10\.0\.2\.2 dev eth0/);
    const further = await serial.ask('ip -4 -o addr show eth1');
    expect(further).toMatch(/inet 10\.9\.0\.15\/24[\s\S]*inet 10\.88\.0\.9\/28/);
    // A network carries whatever address its machine uses: so allowed address pairs hold, and addresses of other subnets.
    expect(await serial.ask('ping -c 1 -W 9 -I 10.88.0.9 10.9.0.2')).toContain('1 packets received');
    expect(await serial.ask('pidof dropbear | wc -w')).toBe('1');

    monitor.send('{"execute":"system_powerdown"}');
    const late = AbortSignal.timeout(15_000);
    const tooLate = new Promise<never>((_, reject) => {
      late.addEventListener('abort', () => reject(new Error('no power off within 15 s of the button')));
    });
    expect(await Promise.race([exited, tooLate])).toBe(0);
  }),
);

test(
  'a machine nobody described lets its owner log in, and follows DHCP on a card plugged in later',
  { timeout: 400_000 },
  () =>
    withMachine(['-nic', 'user,model=virtio,restrict=on'], async (machine) => {
      const { serial, monitor } = machine;
      await serial.until(/cumulet-linux metadata source=none\r?\n/, BOOT_MS);
      await serial.until(/cumulet-linux ready hostname=cumulet /, BOOT_MS);
      await serial.until(/cumulet login: $/);
      await machine.logIn('root', 'cumulet');
      expect(await serial.ask('ip -4 -o addr show eth0')).toContain('inet 10.0.2.15/24');
      expect(await serial.ask('su -c "id -u" cumulet')).toBe('1000');

      monitor.send(
        '{"execute":"netdev_add","arguments":{"type":"user","id":"late","restrict":true,"net":"10.9.0.0/24"}}',
      );
      monitor.send('{"execute":"device_add","arguments":{"driver":"virtio-net-pci","netdev":"late"}}');
      const found = 'until ip -4 -o addr show eth1 2>/dev/null | grep -o "inet [0-9./]*"; do usleep 200000; done';
      expect(await serial.ask(found)).toBe('inet 10.9.0.15/24');
    }),
);

/** Answers one connection on its standard input and output, as QEMU hands it over; `/stalls` never ends. */
const METADATA_SERVER = `
const files = {
  '/openstack/latest/meta_data.json': JSON.stringify({ hostname: 'by-http', uuid: '6f1c2a34-0000-4000-8000-000000000002' }),
  '/openstack/latest/user_data': '#!/bin/sh\\necho fetched\\n',
  '/stalls': 'begun',
};
let request = '';
process.stdin.on('data', (bytes) => {
  request += bytes;
  if (!request.includes('\\r\\n\\r\\n')) return;
  const path = request.split(' ')[1];
  const body = files[path];
  const length = path === '/stalls' ? 100 : (body ?? '').length;
  const head = 'HTTP/1.1 ' + (body === undefined ? '404 Not Found' : '200 OK');
  process.stdout.write(head + '\\r\\nContent-Length: ' + length + '\\r\\nConnection: close\\r\\n\\r\\n' + (body ?? ''), () => {
    if (path !== '/stalls') process.exit();
  });
});
process.stdin.on('end', () => process.exit());
`;

test('a machine without a config drive fetches its metadata, and wget keeps its word', {
  timeout: 400_000,
}, async () => {
  const script = join(scratch, 'metadata.cjs');
  await writeFile(script, METADATA_SERVER);
  // QEMU hands over only what goes to its own network: here that is the one the metadata address is in.
  const forward = `guestfwd=tcp:169.254.169.254:80-cmd:${process.execPath} ${script}`;
  await withMachine(['-nic', `user,model=virtio,restrict=on,net=169.254.169.0/24,${forward}`], async ({ serial }) => {
    await serial.until(/cumulet-linux metadata source=http\r?\n/, BOOT_MS);
    await serial.until(/fetched\r?\n/);
    await serial.until(/by-http login: $/, BOOT_MS);
    serial.send('root');
    await serial.until(/Password: $/);
    serial.send('cumulet');
    await serial.until(/\n~ # $/);
    const url = 'http://169.254.169.254';
    expect(await serial.ask(`wget -q -T 5 -O - ${url}/openstack/latest/user_data`)).toBe('#!/bin/sh\necho fetched');
    expect(await serial.ask(`wget -qT 5 -O /dev/null ${url}/nothing || echo refused`)).toContain('404');
    const stalled = `su cumulet -c "wget -q --timeout=2 -O /tmp/part ${url}/stalls"; echo "status $?"; cat /tmp/part; echo`;
    expect(await serial.ask(stalled)).toMatch(/timed out[\s\S]*status [1-9][0-9]*\nbegun$/);
  });
});

async function withDrive(use: (machine: Machine) => Promise<void>): Promise<void> {
  const drive = await configDrive('drive', {
    'meta_data.json': JSON.stringify({
      uuid: '6f1c2a34-0000-4000-8000-000000000001',
      hostname: 'web-1.example.org',
      admin_pass: 'a "good"\\ one',
      public_keys: { 'my key': `${SSH_KEY}\n`, other: `${SSH_KEY} second` },
    }),
    'network_data.json': JSON.stringify({
      links: [
        { id: 'tap1', type: 'phy', ethernet_mac_address: '52:54:00:AA:00:01', mtu: 1400 },
        { id: 'tap2', type: 'phy', ethernet_mac_address: '52:54:00:aa:00:02' },
      ],
      networks: [
        {
          id: 'network0',
          link: 'tap1',
          type: 'ipv4',
          ip_address: '10.0.2.33',
          netmask: '255.255.255.0',
          routes: [{ network: '0.0.0.0', netmask: '0.0.0.0', gateway: '10.0.2.2' }],
        },
        // As a port with addresses of two subnets has them.
        { id: 'network1', link: 'tap2', type: 'ipv4_dhcp' },
        {
          id: 'network2',
          link: 'tap2',
          type: 'ipv4',
          ip_address: '10.88.0.9',
          netmask: '255.255.255.240',
          routes: [],
        },
      ],
      services: [{ type: 'dns', address: '10.0.2.3' }],
    }),
    user_data: '#!/bin/bash\r\necho greetings from $(hostname)\r\necho made > /data/made-by-script\r\n',
  });
  const card = (last: number, net: string) => `user,model=virtio,restrict=on,net=${net},mac=52:54:00:aa:00:0${last}`;
  await withMachine(['-nic', card(1, '10.0.2.0/24'), '-nic', card(2, '10.9.0.0/24'), ...drive], use);
}
