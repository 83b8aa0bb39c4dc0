// Signing in and validating tokens over HTTP, eight clients at once, in a cloud of 10,000 users.
import { join } from 'node:path';
import { FAULT_PASSWORD } from '../tests/faults/fault-cloud.ts';
import { Keystone } from './keystone.ts';
import { inTurns, reportLoads, underLoad } from './load.ts';
import { PeerProcess } from './peer-process.ts';
import { startSeededCloud } from './seeded-cloud.ts';
import { setOwnPasswords } from './seeded-identity.ts';

const TOKENS = '/identity/v3/auth/tokens';
const domain = { id: 'default' };
/** Hashing is what takes time: one round of sign-ins by password, each of somebody else. */
const SIGN_INS = 8;

const { cloud, seeded } = await startSeededCloud();
const database = join(cloud.dataDir, 'cumulet.db');
await setOwnPasswords(cloud.dataDir, seeded.userIds.slice(0, 12 * SIGN_INS), FAULT_PASSWORD);
const [fastify, scrypt, lookup] = await Promise.all([
  PeerProcess.start('bare-fastify'),
  PeerProcess.start('bare-scrypt'),
  PeerProcess.start('bare-lookup', database),
]);
const keystone = await Keystone.start(database);
try {
  type Service = { url: string; token: string };
  const validate = (of: Service, times: number) => {
    const headers = { 'x-auth-token': of.token, 'x-subject-token': of.token };
    return underLoad(times, of.url, headers, (client) => client.send('GET', TOKENS));
  };
  const issue = (of: Service, times: number, body: (round: number) => unknown) =>
    underLoad(times, of.url, {}, (client, round) => client.send('POST', TOKENS, body(round)));
  const byToken = (of: Service, times: number) => {
    const identity = { methods: ['token'], token: { id: of.token } };
    return issue(of, times, () => ({ auth: { identity, scope: { project: { name: 'admin', domain } } } }));
  };
  const bare = (peer: PeerProcess, times: number, method: string, headers = {}) =>
    underLoad(times, peer.line, headers, (client) => client.send(method, '/', method === 'GET' ? undefined : by(0)));
  let signedIn = 0;
  const byPassword = (of: Service) => {
    const from = signedIn;
    signedIn += SIGN_INS;
    return issue(of, SIGN_INS, (round) => by(from + round));
  };

  const looked = () => bare(lookup, 1000, 'GET', { 'x-subject-token': cloud.token });
  const aim = 'single-digit ms';
  reportLoads('token validation', 'bare lookup', await inTurns(() => validate(cloud, 1000), looked), aim);
  const hashed = () => bare(scrypt, SIGN_INS, 'POST');
  reportLoads('token by password', 'bare scrypt', await inTurns(() => byPassword(cloud), hashed));
  const posted = () => bare(fastify, 200, 'POST');
  const again = () => issue(cloud, 200, () => by(0));
  reportLoads('token by password again', 'bare fastify', await inTurns(again, posted));
  reportLoads('token by token', 'bare fastify', await inTurns(() => byToken(cloud, 200), posted));

  if (keystone) {
    const validated = () => validate(keystone, 100);
    reportLoads('token validation', 'keystone', await inTurns(() => validate(cloud, 1000), validated));
    const first = () => byPassword(cloud);
    reportLoads('token by password', 'keystone', await inTurns(first, () => issue(keystone, SIGN_INS, by)));
    reportLoads(
      'token by token',
      'keystone',
      await inTurns(
        () => byToken(cloud, 200),
        () => byToken(keystone, 20),
      ),
    );
  }
} finally {
  await Promise.all([fastify, scrypt, lookup].map((peer) => peer.stop()));
  await keystone?.stop();
  await cloud.destroy();
}

function by(index: number) {
  const user = { name: seeded.userNames[index], domain, password: FAULT_PASSWORD };
  const project = { id: seeded.projectIds[index % seeded.projectIds.length] };
  return { auth: { identity: { methods: ['password'], password: { user } }, scope: { project } } };
}
