import { EventEmitter } from 'node:events';
import { expect, test } from 'vitest';
import { once, within } from './waiting.ts';

test('an event that does not come is named, one that comes brings its values, and an error is passed on', async () => {
  const emitter = new EventEmitter();
  await expect(once(emitter, 'close', 0.01)).rejects.toThrow('No "close" from EventEmitter within 0.01 s');
  expect(emitter.listenerCount('close')).toBe(0);
  const closed = once(emitter, 'close');
  emitter.emit('close', 1001, 'away');
  expect(await closed).toEqual([1001, 'away']);
  const broken = once(emitter, 'close');
  emitter.emit('error', new Error('torn'));
  await expect(broken).rejects.toThrow('torn');
});

test('so is what a promise stands for', async () => {
  await expect(within('the bus', new Promise(() => {}), 0.01)).rejects.toThrow('Waited 0.01 s for the bus');
  expect(await within('the bus', Promise.resolve('here'))).toBe('here');
});
