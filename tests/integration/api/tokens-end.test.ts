import { once } from 'node:events';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { WebSocket } from 'ws';
import { startCloud, type TestCloud } from '../../cloud.ts';

/** A token ends with everything it came from: at once, in every service, and on the WebSockets it opened. */

let cloud: TestCloud;
let roles: Record<string, string>;

beforeAll(async () => {
  cloud = await startCloud({ hypervisor: 'none' });
  const { body } = await cloud.request('GET', '/identity/v3/roles');
  roles = Object.fromEntries(body.roles.map(({ id, name }: { id: string; name: string }) => [name, id]));
});

afterAll(async () => await cloud.close());

const PASSWORD = 'a password of theirs';
let counter = 0;

/** Somebody in a domain of their own, with a role on a project by themselves or by a group. */
class Person {
  domain = '';
  project = '';
  user = '';
  group = '';
  role = '';

  static async make(through: 'user' | 'group'): Promise<Person> {
    const person = new Person();
    counter += 1;
    const name = `ending-${counter}`;
    person.domain = (await admin('POST', '/domains', { domain: { name } })).domain.id;
    const where = { name, domain_id: person.domain };
    person.project = (await admin('POST', '/projects', { project: where })).project.id;
    person.user = (await admin('POST', '/users', { user: { ...where, password: PASSWORD } })).user.id;
    person.group = (await admin('POST', '/groups', { group: where })).group.id;
    person.role = (await admin('POST', '/roles', { role: { name } })).role.id;
    await admin('PUT', `/roles/${person.role}/implies/${roles.member}`);
    await admin('PUT', `/groups/${person.group}/users/${person.user}`);
    await admin('PUT', person.grant(through));
    return person;
  }

  grant(through: 'user' | 'group'): string {
    return `/projects/${this.project}/${through}s/${this[through]}/roles/${this.role}`;
  }

  /** A token for the project; with `methods` of one's own, such as another token. */
  async signIn(
    identity: object = { methods: ['password'], password: { user: { id: this.user, password: PASSWORD } } },
  ) {
    const response = await fetch(`${cloud.url}/identity/v3/auth/tokens`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ auth: { identity, scope: { project: { id: this.project } } } }),
    });
    expect(response.status).toBe(201);
    return response.headers.get('x-subject-token') ?? '';
  }
}

async function admin(method: string, path: string, body?: object, token?: string): Promise<any> {
  const answer = await cloud.request(
    method,
    `/identity/v3${path}`,
    body,
    token ? { 'x-auth-token': token, 'x-subject-token': token } : {},
  );
  expect(answer.status, `${method} ${path}: ${JSON.stringify(answer.body)}`).toBeLessThan(300);
  return answer.body;
}

const READS = [
  '/identity/v3/auth/projects',
  '/compute/v2.1/servers',
  '/image/v2/images',
  '/network/v2.0/networks',
  '/v1/tasks',
];

async function statuses(token: string): Promise<number[]> {
  const answers = READS.map((path) => cloud.request('GET', path, undefined, { 'x-auth-token': token }));
  return (await Promise.all(answers)).map(({ status }) => status);
}

type Ending = [what: string, through: 'user' | 'group', end: (person: Person, token: string) => Promise<unknown>];

test.for<Ending>([
  ['the token is revoked', 'user', (_, token) => admin('DELETE', '/auth/tokens', undefined, token)],
  ['the user is disabled', 'user', ({ user }) => admin('PATCH', `/users/${user}`, { user: { enabled: false } })],
  ['the user is deleted', 'user', ({ user }) => admin('DELETE', `/users/${user}`)],
  [
    'an administrator sets a password',
    'user',
    ({ user }) => admin('PATCH', `/users/${user}`, { user: { password: 'x' } }),
  ],
  [
    'the user changes the password',
    'user',
    ({ user }, token) =>
      admin('POST', `/users/${user}/password`, { user: { original_password: PASSWORD, password: 'new' } }, token),
  ],
  ['the role is taken away', 'user', (person) => admin('DELETE', person.grant('user'))],
  ['the role is taken from the group', 'group', (person) => admin('DELETE', person.grant('group'))],
  ['the user leaves the group', 'group', ({ user, group }) => admin('DELETE', `/groups/${group}/users/${user}`)],
  ['the group is deleted', 'group', ({ group }) => admin('DELETE', `/groups/${group}`)],
  ['the role is deleted', 'user', ({ role }) => admin('DELETE', `/roles/${role}`)],
  [
    'the project is disabled',
    'user',
    ({ project }) => admin('PATCH', `/projects/${project}`, { project: { enabled: false } }),
  ],
  ['the project is deleted', 'user', ({ project }) => admin('DELETE', `/projects/${project}`)],
  [
    'the domain is disabled',
    'user',
    ({ domain }) => admin('PATCH', `/domains/${domain}`, { domain: { enabled: false } }),
  ],
])('when %s', async ([, through, end]) => {
  const person = await Person.make(through);
  const first = await person.signIn();
  // One made of it must end as well: its parent's end is its own.
  const second = await person.signIn({ methods: ['token'], token: { id: first } });
  for (const token of [first, second]) expect(await statuses(token)).toEqual(READS.map(() => 200));
  const sockets = await Promise.all(
    [first, second].map(async (token) => {
      const socket = new WebSocket(`${cloud.url.replace('http', 'ws')}/v1/events`, [
        'cumulet.events.v1',
        `token.${token}`,
      ]);
      await once(socket, 'open');
      return { closed: once(socket, 'close').then(([code]) => code) };
    }),
  );
  await end(person, first);
  for (const token of [first, second]) expect(await statuses(token)).toEqual(READS.map(() => 401));
  expect(await Promise.all(sockets.map(({ closed }) => closed))).toEqual([4401, 4401]);
});
