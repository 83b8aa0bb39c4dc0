import { execFile } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { readFile, writeFile } from 'node:fs/promises';
import { connect } from 'node:net';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { exists } from '../../file-exists.ts';
import { identifyProcess } from '../../process-identity.ts';
import { testGuestAgentContract } from '../../testing/guest-agent-contract.ts';
import { GuestSession } from '../../testing/guest-session.ts';
import { setUpQemu } from '../../testing/qemu-under-test.ts';
import { makeSpec, plainOrder, spawnOn } from '../../testing/test-machine.ts';
import { machineFiles } from './machine-files.ts';
import type { QemuDriver } from './qemu.driver.ts';
import { runtimeFolderPath } from './runtime-folder.ts';

const run = promisify(execFile);

let host: Awaited<ReturnType<typeof setUpQemu>>;
let driver: QemuDriver;
let session: GuestSession;
/** One guest for all of them, with Debian's own qemu-ga. */
const spec = () => machine;
let machine: ReturnType<typeof makeSpec>;

beforeAll(async () => {
  host = await setUpQemu();
  driver = host.makeDriver();
  await driver.open();
  machine = makeSpec(host.guestImage, { rootDiskGib: 0, hardware: { os_require_quiesce: 'yes' } });
  await spawnOn(driver, machine);
  session = new GuestSession(await driver.openConsole(machine.id, 'serial'));
  await session.logIn();
});
afterAll(async () => {
  session.close();
  await driver.orders.destroy({ id: machine.id }, plainOrder());
  expect(await host.findTraces(machine.id)).toEqual([]);
  await driver.close();
  await host.close();
});

function files() {
  return machineFiles(
    join(host.folder, 'machines'),
    runtimeFolderPath(host.folder, process.getuid?.() ?? 0),
    machine.id,
  );
}

async function snapshot(): Promise<Buffer> {
  const image = randomUUID();
  await driver.orders.snapshot({ id: machine.id, image }, plainOrder());
  const path = host.controller.images.get(image) ?? '';
  const raw = `${path}.raw`;
  await run('qemu-img', ['convert', '-f', 'qcow2', '-O', 'raw', path, raw]);
  return await readFile(raw);
}

/** It can write, and does not wait for ever. */
async function isThawed(): Promise<boolean> {
  return (await session.run('timeout 20 sh -c "date > /data/now; sync" && echo WRI""TTEN')).includes('WRITTEN');
}

test('it is told what the guest is', async () => {
  const report = await driver.guestAgent.report(machine.id);
  expect(report).toMatchObject({
    answers: true,
    hostName: 'under-test',
    os: { name: expect.stringContaining('umulet') },
  });
  expect(report.agentVersion).toMatch(/^\d/);
  expect(report.os?.kernel).toMatch(/^\d/);
});

test('a password lets one in, whatever signs it has; of an unknown user it is refused with the reason', async () => {
  const password = `n3w "pass'w%rd$ \\`;
  await driver.guestAgent.setPassword(machine.id, 'root', password);
  session.type('exit\n');
  await session.expect('login: ');
  session.type('root\n');
  await session.expect('Password: ');
  session.type(`${password}\n`);
  await session.expect('~ # ');
  const refused = {
    code: 'conflict',
    message: expect.stringContaining('the password of ro\nt'),
    hint: expect.any(String),
  };
  const attempt = driver.guestAgent.setPassword(machine.id, 'ro\nt', 'se\ncret');
  await expect(attempt).rejects.toMatchObject(refused);
  await expect(attempt).rejects.not.toThrow('cret');
});

test('a snapshot has all that the guest has written, and the guest goes on', async () => {
  const mark = randomUUID();
  // Not on its disk for a while: the file system keeps it in memory.
  await session.run(`echo ${mark} > /data/mark`);
  expect((await snapshot()).includes(mark)).toBe(true);
  expect(await exists(files().frozenMark)).toBe(false);
  expect(await isThawed()).toBe(true);
});

test('a guest that stands still when its agent process is killed goes on with the next one', async () => {
  // As a killed one leaves it.
  const socket = connect(files().agentSocket);
  socket.write('{"execute":"guest-fsfreeze-freeze"}\n');
  expect(String(await once(socket, 'data'))).toContain('"return"');
  socket.destroy();
  const pid = Number((await readFile(files().pid, 'utf8')).trim());
  const identity = await identifyProcess(pid);
  await writeFile(files().frozenMark, `${pid} ${identity?.startedAt}`);
  session.close();
  await driver.close();
  driver = host.makeDriver();
  await driver.open();
  session = new GuestSession(await driver.openConsole(machine.id, 'serial'));
  await expect.poll(() => exists(files().frozenMark), { timeout: 30_000 }).toBe(false);
  session.type('\n');
  expect(await isThawed()).toBe(true);
});

test('a guest that writes anything does no harm: it is told what it is, and a snapshot that must be whole is refused', async () => {
  await session.run('PORT=$(ls /dev/vport*p1); killall qemu-ga; while pidof qemu-ga; do usleep 50000; done');
  const report = () => driver.guestAgent.report(machine.id);
  expect(await report()).toMatchObject({ answers: false, silence: 'not-installed' });
  // Reading ends whenever nobody is connected.
  const lies = String.raw`while :; do read -r q <&3 || { usleep 50000; continue; }; printf "\\377{\\"return\\": %%s}\\n{{{\\n" $(echo "$q" | tr -cd 0-9) >&3; done`;
  await session.run(`printf 'exec 3<>%s\\n${lies}\\n' $PORT > /tmp/impostor`);
  for (const rubbish of ['cat /dev/zero > $PORT', "yes '{}' > $PORT", 'sh /tmp/impostor']) {
    await session.run(`(${rubbish}) 2>&1 & PID=$!`);
    await expect.poll(async () => (await report()).silence, { message: rubbish }).toBe('nonsense');
    await expect(driver.guestAgent.setPassword(machine.id, 'root', 'x')).rejects.toMatchObject({ code: 'conflict' });
    await expect(
      driver.orders.snapshot({ id: machine.id, image: randomUUID() }, plainOrder()),
      rubbish,
    ).rejects.toMatchObject({ code: 'conflict', message: expect.stringContaining('brought to rest') });
    expect(driver.status(machine.id)).toMatchObject({ powerState: 'RUNNING', reason: null });
    await session.run('kill $PID $(pidof cat yes) $(pgrep -f impostor); wait');
  }
  await session.run('qemu-ga -d -m virtio-serial -p $PORT -t /run -f /run/qemu-ga.pid');
  await expect.poll(async () => (await report()).answers, { timeout: 30_000 }).toBe(true);
  // What was begun while the guest was not itself is over.
  await expect.poll(() => exists(files().frozenMark), { timeout: 60_000 }).toBe(false);
});

testGuestAgentContract('qemu', () => ({ driver, spec: spec() }));
