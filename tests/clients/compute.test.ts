import { execFile } from 'node:child_process';
import { chmod, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type TestCloud, until } from '../cloud.ts';
import { uploadGuest } from '../integration/guest-image.ts';
import { OpenStackSession } from './testing/openstack-session.ts';

/** The `openstack` command of Debian against real machines: what a person types, with what it prints. */

const run = promisify(execFile);
let cloud: TestCloud;
let openstack: OpenStackSession;
let folder: string;

beforeAll(async () => {
  ({ cloud, openstack } = await OpenStackSession.start({ hypervisor: 'qemu' }));
  folder = await mkdtemp(join(tmpdir(), 'cumulet-client-'));
  await uploadGuest(cloud);
});

afterAll(async () => {
  await openstack?.close();
  await cloud?.close();
  if (folder) await rm(folder, { recursive: true, force: true });
});

const status = async (name: string) => (await openstack.json(`server show "${name}"`)).status;

test('flavors', async () => {
  const listed = await openstack.json('flavor list');
  expect(listed).toContainEqual(
    expect.objectContaining({ ID: '42', Name: 'm1.nano', RAM: 128, Disk: 1, VCPUs: 1, 'Is Public': true }),
  );
  const made = await openstack.json(
    'flavor create test.small --ram 192 --disk 2 --vcpus 2 --property hw:boot_menu=true',
  );
  expect(made).toMatchObject({
    name: 'test.small',
    ram: 192,
    disk: 2,
    vcpus: 2,
    properties: { 'hw:boot_menu': 'true' },
  });
  await openstack.run('flavor set test.small --property quota:cpu_shares=10');
  expect((await openstack.json('flavor show test.small')).properties).toEqual({
    'hw:boot_menu': 'true',
    'quota:cpu_shares': '10',
  });
  await openstack.run('flavor unset test.small --property quota:cpu_shares');
  await openstack.run('flavor delete test.small');
  await expect(openstack.json('flavor show test.small')).rejects.toThrow(/No Flavor found|could not be found/);
});

test('a flavor for one project', async () => {
  await openstack.run('flavor create test.private --ram 128 --disk 1 --vcpus 1 --private');
  await openstack.run('flavor set test.private --project admin').catch((error: Error) => {
    // Whoever makes a private flavor may use it already.
    expect(error.message).toMatch(/already exists/);
  });
  expect((await openstack.json('flavor show test.private'))['os-flavor-access:is_public']).toBe(false);
  await openstack.run('flavor delete test.private');
});

test('keys', async () => {
  await openstack.run(`keypair create made --private-key ${folder}/made`);
  // This client writes the file for everybody to read, which ssh-keygen refuses.
  await chmod(join(folder, 'made'), 0o600);
  const { stdout } = await run('ssh-keygen', ['-y', '-f', join(folder, 'made')]);
  const shown: string = await openstack.run('keypair show made --public-key');
  expect(shown.split(' ').slice(0, 2)).toEqual(stdout.trim().split(' ').slice(0, 2));

  await run('ssh-keygen', ['-q', '-t', 'rsa', '-b', '2048', '-N', '', '-C', 'me@here', '-f', join(folder, 'own')]);
  const imported = await openstack.json(`keypair create own --public-key ${folder}/own.pub`);
  const { stdout: digest } = await run('ssh-keygen', ['-l', '-E', 'md5', '-f', join(folder, 'own.pub')]);
  expect(digest).toContain(`MD5:${imported.fingerprint} `);
  const listed = await openstack.json('keypair list');
  expect(listed.map((key: { Name: string }) => key.Name)).toEqual(['made', 'own']);
  await openstack.run('keypair delete made');
  await expect(openstack.json('keypair show made')).rejects.toThrow(/No Keypair found|not found/i);
});

test('what else is looked at', async () => {
  expect(await openstack.json('network list')).toEqual([expect.objectContaining({ Name: 'default' })]);
  expect(await openstack.json('hypervisor list')).toEqual([expect.objectContaining({ State: 'up' })]);
  const services = await openstack.json('compute service list');
  expect(services).toContainEqual(expect.objectContaining({ Binary: 'nova-compute', State: 'up', Status: 'enabled' }));
  expect(await openstack.json('availability zone list --compute')).toContainEqual(
    expect.objectContaining({ 'Zone Name': 'nova', 'Zone Status': 'available' }),
  );
  const limits = await openstack.json('limits show --absolute');
  expect(limits).toContainEqual({ Name: 'maxServerMeta', Value: 128 });
  await openstack.run('quota set --instances 5 admin');
  const { body } = await cloud.request('GET', '/identity/v3/auth/projects');
  const project = body.projects.find(({ name }: { name: string }) => name === 'admin');
  const quota = await cloud.request('GET', `/compute/v2.1/os-quota-sets/${project.id}`);
  expect(quota.body.quota_set).toMatchObject({ instances: 5, cores: -1 });
  expect(await openstack.json('extension list --compute')).toContainEqual(
    expect.objectContaining({ Alias: 'os-keypairs' }),
  );
});

describe('a machine from create to delete', () => {
  test('create --wait, list, show', async () => {
    await writeFile(join(folder, 'user-data'), '#!/bin/sh\necho hello from user data > /dev/console\n');
    const options = `--network default --key-name own --property owner=me --user-data ${folder}/user-data`;
    const image = '--image cumulet-linux --flavor m1.nano';
    const created = await openstack.json(`server create "vm one" ${image} ${options} --wait`);
    expect(created).toMatchObject({
      name: 'vm one',
      status: 'ACTIVE',
      key_name: 'own',
      'OS-EXT-STS:vm_state': 'active',
    });
    expect(created.adminPass).toMatch(/^\w{12}$/);
    const [row] = await openstack.json('server list --name "^vm.one$"');
    expect(row).toMatchObject({ Name: 'vm one', Status: 'ACTIVE', Image: 'cumulet-linux', Flavor: 'm1.nano' });
    expect(Object.keys(row.Networks)).toEqual(['default']);
    expect(await openstack.json('server list --status SHUTOFF')).toEqual([]);
    expect(await openstack.json('server show "vm one"')).toMatchObject({
      properties: { owner: 'me' },
      'OS-EXT-STS:power_state': 1,
    });
  });

  test('its log, its screen and its terminal', async () => {
    const id: string = (await openstack.json('server show "vm one"')).id;
    await until('the guest to be up', 150, async () => {
      const { body } = await cloud.request('POST', `/compute/v2.1/servers/${id}/action`, { 'os-getConsoleOutput': {} });
      return body.output.includes('cumulet-linux ready') ? true : undefined;
    });
    const log: string = await openstack.run('console log show "vm one"');
    expect(log).toContain('cumulet-linux ready hostname=vm-one');
    expect(log).toContain('metadata source=configdrive');
    expect((await openstack.run('console log show "vm one" --lines 2')).trim().split('\n').length).toBeLessThan(4);
    const screen = await openstack.json('console url show "vm one" --novnc');
    expect(screen.url).toMatch(new RegExp(`^${cloud.url}/console/vnc\\?token=`));
    const terminal = await openstack.json('console url show "vm one" --serial');
    expect(terminal.url).toMatch(/^ws:\/\/.*\/console\/websocket\?token=/);
  });

  test('pause, unpause, suspend, resume, reboot, stop, start', async () => {
    await openstack.run('server pause "vm one"');
    await until('PAUSED', 60, async () => ((await status('vm one')) === 'PAUSED' ? true : undefined));
    await openstack.run('server unpause "vm one"');
    await until('ACTIVE', 60, async () => ((await status('vm one')) === 'ACTIVE' ? true : undefined));
    await openstack.run('server suspend "vm one"');
    await until('SUSPENDED', 60, async () => ((await status('vm one')) === 'SUSPENDED' ? true : undefined));
    await openstack.run('server resume "vm one"');
    await until('ACTIVE', 60, async () => ((await status('vm one')) === 'ACTIVE' ? true : undefined));
    await openstack.run('server reboot --hard --wait "vm one"');
    expect(await status('vm one')).toBe('ACTIVE');
  });

  test('stop and start, and what is refused in between', async () => {
    await openstack.run('server stop "vm one"');
    await until('SHUTOFF', 120, async () => ((await status('vm one')) === 'SHUTOFF' ? true : undefined));
    await expect(openstack.run('server pause "vm one"')).rejects.toThrow(
      /Cannot 'pause' instance .* while it is in vm_state stopped/,
    );
    await openstack.run('server start "vm one"');
    await until('ACTIVE', 60, async () => ((await status('vm one')) === 'ACTIVE' ? true : undefined));
  });

  test('set and unset', async () => {
    await openstack.run('server set "vm one" --name vm-two --property a=b');
    await openstack.run('--os-compute-api-version 2.90 server set vm-two --description "the second" --tag blue');
    expect(await openstack.json('--os-compute-api-version 2.90 server show vm-two')).toMatchObject({
      name: 'vm-two',
      description: 'the second',
      tags: ['blue'],
      properties: { owner: 'me', a: 'b' },
    });
    await openstack.run('server unset vm-two --property a');
    await openstack.run('server lock vm-two');
    await openstack.run('server unlock vm-two');
    const events = await openstack.json('server event list vm-two');
    const actions = events.map((event: { Action: string }) => event.Action);
    for (const action of ['create', 'pause', 'stop', 'start', 'reboot', 'lock', 'unlock'])
      expect(actions).toContain(action);
    const newest = await openstack.json('--os-compute-api-version 2.92 server list --long');
    expect(newest).toEqual([expect.objectContaining({ Name: 'vm-two', Status: 'ACTIVE' })]);
  });

  test('image create, backup create: of the running machine, with a machine made of it', async () => {
    const image = await openstack.json('server image create vm-two --name copy --property mine=yes --wait');
    expect(image).toMatchObject({ name: 'copy', status: 'active', disk_format: 'qcow2', min_disk: 1 });
    expect(image.properties).toMatchObject({ image_type: 'snapshot', mine: 'yes' });
    expect(await status('vm-two')).toBe('ACTIVE');
    await openstack.run('server create twin --image copy --flavor m1.nano --network default --wait');
    await openstack.run('server delete --wait twin');
    for (const name of ['first', 'second']) {
      await openstack.run(`server backup create vm-two --name ${name} --type daily --rotate 1 --wait`);
    }
    const names = (await openstack.json('image list')).map(({ Name }: { Name: string }) => Name);
    expect(names.toSorted()).toEqual(['copy', 'cumulet-linux', 'second']);
    await openstack.run('image delete copy second');
  });

  test('shelve, unshelve: its host has nothing of it meanwhile, and it has its address again', async () => {
    const before = await openstack.json('server show vm-two');
    await openstack.run('server shelve --wait vm-two');
    await until('off its host', 60, async () => ((await status('vm-two')) === 'SHELVED_OFFLOADED' ? true : undefined));
    expect((await openstack.json('image list --name vm-two-shelved'))[0]).toMatchObject({ Status: 'active' });
    expect(await openstack.json('hypervisor list --long')).toMatchObject([{ 'vCPUs Used': 0 }]);
    await openstack.run('server unshelve --wait vm-two');
    expect(await openstack.json('server show vm-two')).toMatchObject({
      ...{ status: 'ACTIVE', addresses: before.addresses, image: before.image },
    });
    expect(await openstack.json('image list --name vm-two-shelved')).toEqual([]);
  });

  test('cards and addresses come and go', async () => {
    const ports = async () => await openstack.json('port list --server vm-two');
    await openstack.run('port create --network default extra');
    await openstack.run('server add port vm-two extra');
    expect(await ports()).toHaveLength(2);
    await expect(openstack.run('server add port vm-two extra')).rejects.toThrow(/is still in use/);
    await openstack.run('server remove port vm-two extra');
    await until('the port to be free', 60, async () => (await ports()).length === 1 || undefined);
    await openstack.run('port delete extra');
    await openstack.run('server add network vm-two default');
    expect(await ports()).toHaveLength(2);
    await openstack.run('server add fixed ip vm-two default --fixed-ip-address 10.77.0.200');
    expect(JSON.stringify((await openstack.json('server show vm-two')).addresses)).toContain('10.77.0.200');
    await openstack.run('server remove network vm-two default');
    await until('no card to be left', 90, async () => (await ports()).length === 0 || undefined);
    await openstack.run('server add network vm-two default');
  });

  test('rebuild --wait, set --password, rescue and unrescue', async () => {
    const hello = `${folder}/hello-again`;
    await writeFile(hello, '#!/bin/sh\necho hello again > /dev/console\n');
    const options = `--name vm-three --password secret --user-data ${hello} --no-key-name --property anew=yes`;
    const at = '--os-compute-api-version 2.90';
    const rebuild = `${at} server rebuild vm-two --image cumulet-linux ${options} --wait -f json`;
    const printed: string = await openstack.run(rebuild);
    // It says so before it shows the server.
    expect(printed).toMatch(/^Complete/);
    expect(JSON.parse(printed.slice(printed.indexOf('{')))).toMatchObject({
      name: 'vm-three',
      properties: { anew: 'yes' },
      adminPass: 'secret',
    });
    expect(await openstack.json(`${at} server show vm-three`)).toMatchObject({ status: 'ACTIVE', key_name: null });
    await until('the guest to greet again', 150, async () =>
      (await openstack.run('console log show vm-three')).includes('hello again') ? true : undefined,
    );
    // It greets when all that it starts is up, its agent too.
    await openstack.run('server set vm-three --password "other words"');
    await openstack.run('server rescue vm-three --image cumulet-linux --password secret');
    await until('RESCUE', 90, async () => ((await status('vm-three')) === 'RESCUE' ? true : undefined));
    await expect(openstack.run('server stop vm-three')).rejects.toThrow(/while it is in vm_state rescued/);
    await openstack.run('server unrescue vm-three');
    await until('ACTIVE', 90, async () => ((await status('vm-three')) === 'ACTIVE' ? true : undefined));
  });

  test('resize --wait, confirm and revert', async () => {
    const flavorOf = async () => (await openstack.json('server show vm-three')).flavor;
    await openstack.run('server resize --flavor m1.micro --wait vm-three');
    expect(await status('vm-three')).toBe('VERIFY_RESIZE');
    expect(JSON.stringify(await flavorOf())).toContain('m1.micro');
    const [migration] = await openstack.json('--os-compute-api-version 2.59 server migration list --server vm-three');
    expect(migration).toMatchObject({ Type: 'resize', Status: 'finished' });
    await openstack.run('server resize revert vm-three');
    await until('ACTIVE', 120, async () => ((await status('vm-three')) === 'ACTIVE' ? true : undefined));
    expect(JSON.stringify(await flavorOf())).not.toContain('m1.micro');
    await openstack.run('server resize --flavor m1.micro --wait vm-three');
    await openstack.run('server resize confirm vm-three');
    await until('ACTIVE', 120, async () => ((await status('vm-three')) === 'ACTIVE' ? true : undefined));
    expect(JSON.stringify(await flavorOf())).toContain('m1.micro');
    await expect(openstack.run('server resize --flavor m1.nano-of-nobody vm-three')).rejects.toThrow(/No [Ff]lavor/);
  });

  test('delete --wait', async () => {
    await openstack.run('server delete --wait vm-three');
    expect(await openstack.json('server list')).toEqual([]);
    const ports = await cloud.request('GET', '/network/v2.0/ports');
    expect(ports.body.ports).toEqual([]);
    expect(await readFile(join(folder, 'own.pub'), 'utf8')).toContain('me@here');
  });
});
