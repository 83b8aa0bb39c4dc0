import { beforeAll, describe, expect, it } from 'vitest';
import { verbView } from '../../../app/compute/verbs/verb.routes.ts';
import { VERBS } from '../../../app/compute/verbs/verbs.ts';
import type { ServerView } from '../../../app/contract/openstack.ts';
import { startI18n } from '../../i18n/i18n.ts';
import { testUser } from '../../session/test-user.fixture.ts';
import { whatGoes } from './actions/delete-machine.action.ts';
import { machineActions } from './actions/machine-actions.ts';
import { testServer } from './test-server.fixture.ts';

beforeAll(() => startI18n('en'));

/** Of what the controller really answers. */
const MACHINE_ACTIONS = machineActions({ verbs: VERBS.map(verbView), keptSeconds: 0 });
const user = testUser;
const member = testUser('member');

function offered(server: ServerView, who = member): string[] {
  return MACHINE_ACTIONS.filter((action) => action.can(server, who).allowed).map((action) =>
    action.id.replace('machine.', ''),
  );
}
function refusal(verb: string, server: ServerView, who = member): string | null {
  const verdict = MACHINE_ACTIONS.find((action) => action.id === `machine.${verb}`)?.can(server, who);
  return verdict && !verdict.allowed ? verdict.reason : null;
}

describe('what can be done to a machine', () => {
  it('follows its state', () => {
    const always = ['rename', 'copy-id', 'lock', 'delete'];
    const consoles = ['open-screen', 'open-terminal'];
    expect(offered(testServer('active'))).toEqual([
      ...consoles,
      'shut-down',
      'reboot',
      'force-off',
      'hard-reboot',
      'pause',
      'suspend',
      ...always,
    ]);
    expect(offered(testServer('stopped'))).toEqual(['start', 'hard-reboot', ...always]);
    expect(offered(testServer('paused'))).toEqual([...consoles, 'force-off', 'hard-reboot', 'unpause', ...always]);
    expect(offered(testServer('suspended'))).toEqual(['hard-reboot', 'resume', ...always]);
    expect(offered(testServer('building'))).toEqual(always);
  });

  it('waits for a change under way, but lets one pull the plug', () => {
    const stopping = testServer('active', { 'OS-EXT-STS:task_state': 'powering-off' });
    expect(offered(stopping)).toEqual([
      ...['open-screen', 'open-terminal', 'force-off'],
      ...['rename', 'copy-id', 'lock', 'delete'],
    ]);
    expect(refusal('reboot', stopping)).toBe('Wait until it is done: Shutting down');
  });

  it('is nothing while it is being deleted', () => {
    const deleting = testServer('stopped', { 'OS-EXT-STS:task_state': 'deleting' });
    expect(offered(deleting)).toEqual(['rename', 'copy-id', 'lock']);
  });

  it('offers only deletion for one that never started', () => {
    const failed = testServer('error', { 'OS-SRV-USG:launched_at': null });
    expect(offered(failed)).toEqual(['rename', 'copy-id', 'lock', 'delete']);
    expect(refusal('shut-down', failed)).toBe('It never started; delete it and launch another');
  });

  it('depends on the role and the lock', () => {
    expect(offered(testServer('active'), user('reader'))).toEqual(['copy-id']);
    const locked = testServer('stopped', { locked: true });
    expect(offered(locked)).toEqual(['copy-id', 'unlock']);
    expect(refusal('start', locked)).toBe('It is locked; unlock it first');
    expect(refusal('delete', testServer('active', { locked: true, locked_reason: 'pays wages' }))).toBe(
      'It is locked: pays wages',
    );
    expect(refusal('lock', locked)).toBe('It is locked already');
    expect(refusal('unlock', testServer('active'))).toBe('It is not locked');
    expect(offered(locked, user('admin'))).toContain('start');
  });

  it('gives a reason for everything that it refuses', () => {
    for (const state of ['active', 'stopped', 'paused', 'suspended', 'building', 'error']) {
      for (const action of MACHINE_ACTIONS) {
        const verdict = action.can(testServer(state), member);
        if (!verdict.allowed) expect(verdict.reason, `${action.id} ${state}`).toMatch(/\w/);
      }
    }
  });
});

describe('deleting', () => {
  it('says what goes with one', () => {
    expect(whatGoes([testServer('active')])).toEqual([
      'its disk and everything on it',
      'its address 10.0.0.5, which another machine may get',
      'what runs on it now: it is powered off without asking',
    ]);
  });

  it('counts what goes with several', () => {
    const lines = whatGoes([testServer('active'), testServer('stopped'), testServer('active')]);
    expect(lines).toEqual([
      'their disks and everything on them',
      '3 addresses, which other machines may get',
      'what runs now on 2 of them: they are powered off without asking',
    ]);
  });

  it('says for how long it can be restored, where it is kept', () => {
    const kept = machineActions({ verbs: [], keptSeconds: 86_400 }).find((each) => each.id === 'machine.delete');
    expect(kept?.confirm?.([testServer('active')])?.wayBack).toBe('It can be restored for 1 day.');
    const gone = testServer('soft-delete', { status: 'SOFT_DELETED' });
    expect(kept?.confirm?.([gone])?.wayBack).toBe('This cannot be undone.');
  });

  it('asks for the number where many would go', () => {
    const action = MACHINE_ACTIONS.find((each) => each.id === 'machine.delete');
    expect(action?.confirm?.([testServer('stopped')])).not.toHaveProperty('typeToConfirm');
    const many = Array.from({ length: 12 }, () => testServer('stopped'));
    expect(action?.confirm?.(many)).toMatchObject({ typeToConfirm: '12' });
    expect(action?.confirm?.(many)?.consequences).toContain('and 4 more');
  });
});

it('asks before starting several, not before starting one', () => {
  const start = MACHINE_ACTIONS.find((each) => each.id === 'machine.start');
  expect(start?.confirm?.([testServer('stopped')])).toBeNull();
  expect(start?.confirm?.([testServer('stopped'), testServer('stopped')])?.title).toBe('Start 2 machines?');
});

it('asks before it shuts down one, and says that it is dangerous where something may be lost', () => {
  const [shutDown, forceOff] = ['shut-down', 'force-off'].map((name) =>
    MACHINE_ACTIONS.find((each) => each.id === `machine.${name}`)?.confirm?.([testServer('active', { name: 'web' })]),
  );
  expect(shutDown).toMatchObject({ title: 'Shut down web?', isDangerous: false, consequences: [] });
  expect(forceOff).toMatchObject({ title: 'Force off web?', isDangerous: true });
  expect(forceOff?.wayBack).toBe('The disk stays; the machine can be started again.');
});
