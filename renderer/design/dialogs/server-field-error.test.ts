import { expect, it } from 'vitest';
import { formField } from './server-field-error.ts';

it('finds the field that an error names', () => {
  expect(formField('server.name', ['name', 'flavor'])).toBe('name');
  expect(formField('/min_disk', ['min_disk'])).toBe('min_disk');
  expect(formField('server.networks[0].uuid', ['networks'])).toBe('networks');
  expect(formField('server.key_name', ['key'], { key_name: 'key' })).toBe('key');
  expect(formField('server.else', ['name'])).toBeUndefined();
  expect(formField(undefined, ['name'])).toBeUndefined();
});
