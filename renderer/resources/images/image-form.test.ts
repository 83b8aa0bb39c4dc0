import { beforeAll, expect, it } from 'vitest';
import { startI18n } from '../../i18n/i18n.ts';
import { amountProblem, nameProblem, newUploadForm, propertiesProblem, toNewImage } from './image-form.ts';

beforeAll(() => startI18n('en'));

it('wants a name that the API takes', () => {
  expect(nameProblem('  ')).toBe('Enter a name');
  expect(nameProblem('x'.repeat(256))).toBe('At most 255 characters');
  expect(nameProblem('😀'.repeat(255))).toBeNull();
});

it('takes whole amounts and an empty field', () => {
  expect(amountProblem('')).toBeNull();
  expect(amountProblem(2048)).toBeNull();
  expect(amountProblem(-1)).not.toBeNull();
  expect(amountProblem(1.5)).not.toBeNull();
  expect(amountProblem(2 ** 31)).not.toBeNull();
});

it('names what is wrong with properties', () => {
  expect(propertiesProblem([{ key: 'os_distro', value: 'debian' }])).toBeNull();
  expect(
    propertiesProblem([
      { key: 'a', value: '1' },
      { key: ' a ', value: '2' },
    ]),
  ).toBe('“a” is there twice');
  expect(propertiesProblem([{ key: ' ', value: '1' }])).toBe('Every property needs a name');
  expect(propertiesProblem([{ key: 'disk_format', value: 'raw' }])).toBe('“disk_format” is no property of one’s own');
});

it('makes the body of the request', () => {
  const form = {
    ...newUploadForm(),
    name: ' debian ',
    minDisk: '' as const,
    minRam: 512,
    properties: [
      { key: ' os_distro ', value: 'debian' },
      { key: '', value: '' },
    ],
  };
  expect(toNewImage(form)).toEqual({
    name: 'debian',
    disk_format: 'qcow2',
    container_format: 'bare',
    visibility: 'private',
    min_disk: 0,
    min_ram: 512,
    protected: false,
    os_distro: 'debian',
  });
});
