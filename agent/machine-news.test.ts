import { expect, test, vi } from 'vitest';
import type { MachineStatus, PowerState } from '../app/contract/machine.ts';
import { MachineNews } from './machine-news.ts';
import { silentLog } from './testing/silent-log.ts';

const status = (id: string, powerState: PowerState): MachineStatus => {
  return { id, generation: 1, powerState, reason: null, message: null, since: '', revision: 1, forwards: [] };
};

test('news is told again until the controller has it: the newest of each machine, and nothing twice', async () => {
  const [told, stored]: [string[], string[]] = [[], []];
  let refused = 3;
  const send = async ({ id, powerState }: MachineStatus) => {
    told.push(`${id} ${powerState}`);
    if (refused-- > 0) throw new Error('database is locked');
    stored.push(`${id} ${powerState}`);
  };
  const news = new MachineNews({ send, log: silentLog });
  news.tell(status('a', 'PAUSED'));
  news.tell(status('b', 'SHUTDOWN'));
  news.tell(status('a', 'CRASHED'));
  await vi.waitFor(() => expect(stored).toHaveLength(2), { timeout: 60_000 });
  expect(stored.sort()).toEqual(['a CRASHED', 'b SHUTDOWN']);
  expect(told).toHaveLength(5);
  news.close();
});
