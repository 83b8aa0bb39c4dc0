import { execFile } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { computeSettingsSchema } from '../../app/compute/compute.settings.ts';
import { repository, startCloud, type TestCloud, until } from '../cloud.ts';
import { ComputeClient } from '../integration/compute-client.ts';
import { SerialTerminal } from '../integration/serial-terminal.ts';

const run = promisify(execFile);

const KEY = 'ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIHlXKfbUwVpdZJvpTjXGzFBiu4mMTmMt6bWvyAZTnmCi someone@example.org';
/** Emulated, it needs minutes, seconds. */
const BOOTS_WITHIN = 900;

/** Without the locale it would make another one first, which takes a minute. */
const USER_DATA = `#cloud-config
locale: C.UTF-8
users:
  - default
  - name: alice
    groups: sudo
    shell: /bin/bash
    ssh_authorized_keys:
      - ${KEY}
write_files:
  - path: /etc/by-cloud-init
    content: written
runcmd:
  - echo "ran as $(id -un) on $(hostname)" > /run/by-cloud-init
`;

/** The last line of cloud-init's last stage, on the serial line. */
const DONE = /Cloud-init v\. \S+ finished at .*\. {2}Up [\d.]+ seconds/;

let cloud: TestCloud;
let compute: ComputeClient;
let image: string;

beforeAll(async () => {
  const folder = join(repository, '.cache', 'debian-guest');
  await run('bash', [join(repository, 'tests', 'guests', 'build-debian.sh'), folder]);
  cloud = await startCloud({ compute: computeSettingsSchema.parse({ force_config_drive: false }) });
  compute = new ComputeClient(cloud);
  image = await upload(join(folder, 'debian.qcow2'));
  await compute.mustCall('POST', '/compute/v2.1/os-keypairs', {
    keypair: { name: 'mine', type: 'ssh', public_key: KEY },
  });
}, BOOTS_WITHIN * 1000);

afterAll(async () => {
  await cloud?.close();
});

async function upload(path: string): Promise<string> {
  const wish = {
    ...{ name: 'debian', disk_format: 'qcow2', container_format: 'bare', visibility: 'public' },
    os_require_quiesce: 'yes',
  };
  const { id } = await compute.mustCall('POST', '/image/v2/images', wish);
  const response = await fetch(`${cloud.url}/image/v2/images/${id}/file`, {
    method: 'PUT',
    headers: { 'x-auth-token': cloud.token, 'content-type': 'application/octet-stream' },
    body: await readFile(path),
  });
  if (response.status !== 204) throw new Error(`Upload: ${response.status} ${await response.text()}`);
  return id;
}

/** A port with an address that comes by DHCP, and one that only `network_data.json` tells of. */
async function makePort(cidr: string, addresses: readonly string[]): Promise<string> {
  const make = async (kind: string, sent: object) =>
    (await compute.mustCall('POST', `/network/v2.0/${kind}s`, { [kind]: sent }))[kind];
  const network = await make('network', { name: cidr });
  await make('subnet', { network_id: network.id, ip_version: 4, cidr });
  const fixed = addresses.map((ip_address) => ({ ip_address }));
  return (await make('port', { network_id: network.id, fixed_ips: fixed })).id;
}

describe.each([
  { way: 'service', config_drive: false, cidr: '10.31.0.0/24', source: 'DataSourceOpenStackLocal' },
  { way: 'config drive', config_drive: true, cidr: '10.32.0.0/24', source: 'DataSourceConfigDrive' },
])("Debian's cloud-init and the $way", ({ way, config_drive, cidr, source }) => {
  const addresses = ['10', '20'].map((last) => cidr.replace(/0\/24$/, last));
  let terminal: SerialTerminal;
  let id: string;

  beforeAll(async () => {
    const port = await makePort(cidr, addresses);
    ({ id } = await compute.launch(image, {
      name: `Debian by ${way}`,
      flavorRef: '1',
      key_name: 'mine',
      config_drive,
      networks: [{ port }],
      metadata: { role: 'web' },
      user_data: Buffer.from(USER_DATA).toString('base64'),
    }));
    await compute.settled(id, 'ACTIVE');
    terminal = await SerialTerminal.open(await compute.consoleUrl(id, 'serial'));
    await terminal.conversation.until(DONE, BOOTS_WITHIN);
    await terminal.signIn('debian');
  }, BOOTS_WITHIN * 1000);

  afterAll(async () => {
    terminal?.close();
    if (id) await compute.remove(id);
  });

  test('it was found by itself', async () => {
    expect(await terminal.ask('cat /run/cloud-init/result.json')).toContain(source);
    expect(await terminal.ask('cloud-init status')).toContain('status: done');
    expect(await terminal.ask('cloud-init query instance_id')).toBe(id);
  });

  test('the host name, users and keys are there', async () => {
    expect(await terminal.ask('hostname')).toBe(`debian-by-${way.replace(' ', '-')}`);
    expect(await terminal.ask('cat /home/debian/.ssh/authorized_keys')).toContain(KEY);
    expect(await terminal.ask('cat /home/alice/.ssh/authorized_keys')).toContain(KEY);
    expect(await terminal.ask('id -nG alice')).toContain('sudo');
  });

  test('files were written and commands run', async () => {
    expect(await terminal.ask('cat /etc/by-cloud-init; echo')).toContain('written');
    expect(await terminal.ask('cat /run/by-cloud-init')).toBe(`ran as root on debian-by-${way.replace(' ', '-')}`);
    expect(await terminal.ask("cloud-init query ds.meta_data.meta.role || cloud-init query -f '{{ ds }}'")).toContain(
      'web',
    );
  });

  test('it has the address of DHCP and the static one', async () => {
    const shown = await terminal.ask('ip -o -4 addr show');
    for (const address of addresses) expect(shown).toContain(`inet ${address}/24`);
    expect(await terminal.ask('ip route')).toContain(`default via ${cidr.replace(/0\/24$/, '1')}`);
  });

  test('its guest agent tells of it, changes a password, and brings its file systems to rest for a snapshot', async () => {
    const guest = await compute.mustCall('GET', `/v1/servers/${id}/guest`);
    expect(guest).toMatchObject({ answers: true, hostName: `debian-by-${way.replace(' ', '-')}` });
    expect(guest.os.name).toContain('Debian GNU/Linux 12');
    const told = guest.nics.flatMap((nic: { addresses: string[] }) => nic.addresses);
    for (const address of addresses) expect(told).toContain(address);
    const act = (body: object) => compute.mustCall('POST', `/compute/v2.1/servers/${id}/action`, body);
    await act({ changePassword: { adminPass: 'new words' } });
    const check =
      "import crypt, spwd; hashed = spwd.getspnam('root').sp_pwdp; print(crypt.crypt('new words', hashed) == hashed)";
    expect(await terminal.ask(`python3 -W ignore -c "${check}"`)).toBe('True');
    // Demanded by its image: without the agent it would fail.
    const { image_id } = await compute.mustCall('POST', `/compute/v2.1/servers/${id}/action`, {
      createImage: { name: `copy by ${way}` },
    });
    await until('the snapshot', 300, async () => {
      const { status } = await compute.mustCall('GET', `/image/v2/images/${image_id}`);
      expect(['queued', 'saving', 'active']).toContain(status);
      return status === 'active' ? true : undefined;
    });
    expect(await terminal.ask('date > /root/after && sync && echo written')).toBe('written');
    expect(await terminal.ask('journalctl -t qemu-ga | grep -c fsfreeze')).not.toBe('0');
  });
});
