import { afterEach, expect, it, vi } from 'vitest';
import type { DesktopBridge } from '../../../app/contract/ipc.ts';
import { savePrivateKey } from './save-private-key.ts';

afterEach(() => {
  delete window.cumulet;
  vi.restoreAllMocks();
});

it('goes through the desktop app where there is one, and tells when that was called off', async () => {
  const invoke = vi.fn().mockResolvedValueOnce(true).mockResolvedValueOnce(false);
  window.cumulet = { invoke, on: () => () => undefined } as DesktopBridge;
  expect(await savePrivateKey('My key', 'SECRET')).toBe(true);
  expect(invoke).toHaveBeenCalledWith('file:save', { name: 'My-key.pem', content: 'SECRET' });
  expect(await savePrivateKey('My key', 'SECRET')).toBe(false);
});

it('is a download in a browser', async () => {
  vi.spyOn(URL, 'createObjectURL').mockReturnValue('blob:key');
  const clicked: string[] = [];
  vi.spyOn(HTMLAnchorElement.prototype, 'click').mockImplementation(function (this: HTMLAnchorElement) {
    clicked.push(this.download);
  });
  expect(await savePrivateKey('web', 'SECRET')).toBe(true);
  expect(clicked).toEqual(['web.pem']);
});
