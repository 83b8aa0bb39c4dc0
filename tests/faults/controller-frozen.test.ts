import { type ChildProcess, fork } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { once } from '../../app/contract/testing/waiting.ts';
import { TaskFixture } from '../../app/tasks/task.fixture.ts';
import { isLong } from '../../scripts/testing/sitting.ts';

const SCRIPT = fileURLToPath(new URL('../../app/tasks/controller.fixture.ts', import.meta.url));
const LEASE_MS = 4_000;

class Controller {
  readonly told: string[] = [];
  readonly process: ChildProcess;

  constructor(folder: string, name: string) {
    this.process = fork(SCRIPT, [folder, name, String(LEASE_MS)]);
    this.process.on('message', (what) => this.told.push(String(what)));
  }

  async tells(what: string): Promise<void> {
    while (!this.told.includes(what)) await once(this.process, 'message');
  }

  async end(): Promise<void> {
    const ended = once(this.process, 'exit');
    this.process.kill('SIGKILL');
    await ended;
  }
}

// What the clock of the leases does is tested with a clock that tests turn; here it is a process that really stands still.
test.skipIf(!isLong)(
  'a process that is frozen in the middle of a step loses it, and commits and orders nothing when it goes on',
  async () => {
    const fixture = await TaskFixture.open();
    const controllers: Controller[] = [];
    const start = (name: string) => {
      const controller = new Controller(fixture.folder, name);
      controllers.push(controller);
      return controller;
    };
    try {
      fixture.define([fixture.note('work')]);
      const { id } = await fixture.enqueue();
      const one = start('one');
      await one.tells('begun');
      one.process.kill('SIGSTOP');
      const stoppedAt = performance.now();
      const two = start('two');
      await two.tells('succeeded');
      expect(performance.now() - stoppedAt).toBeGreaterThan(LEASE_MS / 2);
      one.process.send('go on');
      one.process.kill('SIGCONT');
      await one.tells('owned: false');
      await one.tells('lost');
      expect(one.told.filter((what) => ['succeeded', 'undone', 'owned: true'].includes(what))).toEqual([]);
      const events = await fixture.events.list({ limit: 9, visibleTo: 'all' });
      expect(events).toMatchObject([{ payload: { owner: 'two' } }]);
      expect(await fixture.tasks.find(id)).toMatchObject({ state: 'succeeded' });
    } finally {
      for (const controller of controllers) await controller.end();
      await fixture.close();
    }
  },
);
