import { beforeAll, expect, it } from 'vitest';
import { startI18n } from '../../i18n/i18n.ts';
import { addressProblem, macProblem, rangeProblem } from './address-range.ts';

beforeAll(() => startI18n('en'));

it('takes ranges that begin where they say, and names the right beginning of others', () => {
  for (const range of ['10.0.0.0/8', ' 192.168.10.0/24 ', '172.16.4.0/22', '10.1.2.4/30', '10.128.0.0/9']) {
    expect(rangeProblem(range), range).toBeNull();
  }
  expect(rangeProblem('192.168.10.5/24')).toContain('192.168.10.0/24');
  expect(rangeProblem('172.16.5.0/22')).toContain('172.16.4.0/22');
  expect(rangeProblem('10.1.2.6/30')).toContain('10.1.2.4/30');
});

it('refuses what is no range, and widths no network has', () => {
  for (const text of ['', '10.0.0.0', '10.0.0/24', '10.0.0.256/24', '10.0.0.0/24/1', 'fd00::/64', '10.0.0.0/x']) {
    expect(rangeProblem(text), text).toBe('A range such as 192.168.10.0/24');
  }
  for (const range of ['10.0.0.0/7', '10.0.0.0/31']) expect(rangeProblem(range)).toBe('A width from /8 to /30');
});

it('knows addresses', () => {
  expect(addressProblem('10.0.0.1')).toBeNull();
  for (const text of ['', '10.0.0', '10.0.0.1.2', '10.0.0.300', 'a.b.c.d']) expect(addressProblem(text)).not.toBeNull();
});

it('knows hardware addresses, of one card and not of many', () => {
  for (const text of ['fa:16:3e:00:00:01', ' FA:16:3E:AB:CD:EF ']) expect(macProblem(text)).toBeNull();
  for (const text of ['', 'fa:16:3e:00:00', 'fb:16:3e:00:00:01', 'fa-16-3e-00-00-01', 'fa:16:3e:00:00:0g']) {
    expect(macProblem(text), text).not.toBeNull();
  }
});
