import { beforeEach, expect, it } from 'vitest';
import { rememberedUser, rememberUser } from './remembered-user.ts';

beforeEach(() => localStorage.clear());

it('knows who signed in last, and begins with the administrator', () => {
  expect(rememberedUser()).toEqual({ user: 'admin', domain: 'Default' });
  rememberUser({ user: 'ada', domain: 'lab' });
  expect(rememberedUser()).toEqual({ user: 'ada', domain: 'lab' });
});

it('begins anew where what is kept is damaged', () => {
  localStorage.setItem('cumulet.last-user', '{');
  expect(rememberedUser()).toEqual({ user: 'admin', domain: 'Default' });
  localStorage.setItem('cumulet.last-user', '{"user":""}');
  expect(rememberedUser()).toEqual({ user: 'admin', domain: 'Default' });
});
