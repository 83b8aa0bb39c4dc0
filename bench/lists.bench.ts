// Long lists over HTTP in a cloud of 10,000 users, and how long others wait meanwhile.
import { join } from 'node:path';
import { memoryOf } from '../tests/faults/process-table.ts';
import { report } from './figure.ts';
import { HttpClient } from './http-client.ts';
import { Keystone } from './keystone.ts';
import { Samples } from './samples.ts';
import { startSeededCloud } from './seeded-cloud.ts';

const { cloud, seeded } = await startSeededCloud();
const keystone = await Keystone.start(join(cloud.dataDir, 'cumulet.db'));
const clientOf = ({ url, token }: { url: string; token: string }) => new HttpClient(url, { 'x-auth-token': token });
const ours = clientOf(cloud);
const other = clientOf(cloud);
const theirs = keystone && clientOf(keystone);
const root = '/identity/v3';
const assignments = `${root}/role_assignments?effective&include_names`;
try {
  for (const [name, path, times] of [
    ['all users', () => `${root}/users`, 5],
    ['a page of 100 users', () => `${root}/users?limit=100`, 20],
    ['all projects', () => `${root}/projects`, 5],
    ['users of a name', (round: number) => `${root}/users?name=${seeded.userNames.at(round * 11)}`, 20],
    ['effective assignments of a user', (round: number) => `${assignments}&user.id=${seeded.userIds.at(round)}`, 20],
    [
      'effective assignments on a project',
      (round: number) => `${assignments}&scope.project.id=${seeded.projectIds.at(round)}`,
      5,
    ],
  ] as const) {
    const value = (await Samples.take(times, (round) => ours.send('GET', path(round)), 1)).median;
    const peer = theirs && {
      peer: 'keystone',
      peerValue: (await Samples.take(Math.min(times, 3), (round) => theirs.send('GET', path(round)), 0)).median,
    };
    report({ figure: name, value, unit: 'ms', ...peer });
  }

  // Keystone takes longer for these than anybody waits: at this size more than five minutes.
  const direct = await Samples.take(3, () => ours.send('GET', `${root}/role_assignments?include_names`), 1);
  report({ figure: 'assignments as made, all, with names', value: direct.median / 1000, unit: 's' });
  const waits: number[] = [];
  const begun = performance.now();
  let took: number | undefined;
  const whole = ours.send('GET', assignments).then((bytes) => {
    took = performance.now() - begun;
    return bytes;
  });
  while (took === undefined) {
    const asked = performance.now();
    await other.send('GET', `${root}/auth/system`);
    waits.push(performance.now() - asked);
  }
  report({ figure: 'effective assignments, all, with names', value: took / 1000, unit: 's' });
  report({ figure: 'its size', value: (await whole).length / 1e6, unit: 'MB' });
  const alone = await Samples.take(200, () => other.send('GET', `${root}/auth/system`));
  const peer = 'alone';
  for (const percent of [50, 99]) {
    const value = new Samples(waits).percentile(percent);
    report({
      figure: `a request meanwhile, p${percent}`,
      value,
      unit: 'ms',
      peer,
      peerValue: alone.percentile(percent),
    });
  }
  const { now, peak } = memoryOf(cloud.controller?.pid ?? 0);
  report({ figure: 'memory of the controller after it', value: now, unit: 'MiB' });
  report({ figure: 'the most it had', value: peak, unit: 'MiB' });
} finally {
  for (const client of [ours, other, theirs]) client?.close();
  await keystone?.stop();
  await cloud.destroy();
}
