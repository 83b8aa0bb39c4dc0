// Signing in and validating a token, over HTTP.
import { hashPassword, verifyPassword } from '../app/identity/token/password-hash.ts';
import { FAULT_PASSWORD, FaultCloud } from '../tests/faults/fault-cloud.ts';
import { report } from './figure.ts';
import { HttpClient } from './http-client.ts';
import { PeerProcess } from './peer-process.ts';
import { Samples } from './samples.ts';

const domain = { id: 'default' };
const SIGN_IN = {
  auth: {
    identity: { methods: ['password'], password: { user: { name: 'admin', domain, password: FAULT_PASSWORD } } },
    scope: { project: { name: 'admin', domain } },
  },
};

const cloud = await FaultCloud.create();
try {
  await cloud.startController();
  const bare = await PeerProcess.start('bare-fastify');
  const ours = new HttpClient(cloud.url, { 'x-auth-token': cloud.token, 'x-subject-token': cloud.token });
  const peer = new HttpClient(bare.line);

  const validate = await Samples.take(1000, () => ours.send('GET', '/identity/v3/auth/tokens'), 100);
  const get = await Samples.take(1000, () => peer.send('GET', '/'), 100);
  for (const percent of [50, 99]) {
    report({
      figure: `token validation, p${percent}`,
      value: validate.percentile(percent),
      unit: 'ms',
      peer: 'bare fastify',
      peerValue: get.percentile(percent),
      aim: 'single-digit ms',
    });
  }

  const stored = await hashPassword(FAULT_PASSWORD);
  const scrypt = await Samples.take(15, () => verifyPassword(FAULT_PASSWORD, stored));
  const issue = await Samples.take(15, () => ours.send('POST', '/identity/v3/auth/tokens', SIGN_IN));
  report({
    figure: 'token by password',
    value: issue.median,
    unit: 'ms',
    peer: 'scrypt alone',
    peerValue: scrypt.median,
  });

  const byToken = {
    auth: {
      identity: { methods: ['token'], token: { id: cloud.token } },
      scope: { project: { name: 'admin', domain } },
    },
  };
  const rescope = await Samples.take(300, () => ours.send('POST', '/identity/v3/auth/tokens', byToken), 30);
  const post = await Samples.take(300, () => peer.send('POST', '/', byToken), 30);
  report({ figure: 'token by token', value: rescope.median, unit: 'ms', peer: 'bare fastify', peerValue: post.median });
  ours.close();
  peer.close();
  await bare.stop();
} finally {
  await cloud.destroy();
}
