import { expect, test } from 'vitest';
import { optionsOfKind, toLdapForm, toLdapOptions } from './ldap-form.ts';

test('an empty form begins with what most servers have, and asks for pages', () => {
  const form = toLdapForm(undefined);
  expect(form).toMatchObject({ url: 'ldaps://', user: '', user_id_attribute: 'uid', use_tls: false });
  const options = toLdapOptions({ ...form, url: 'ldaps://a', user: 'cn=x', password: 'p' }, undefined);
  expect(options).toMatchObject({ url: 'ldaps://a', user: 'cn=x', password: 'p', user_filter: null, page_size: 500 });
});

test('what is stored is shown, and stays: the password, options the form does not have', () => {
  const stored = { url: 'ldap://a', user: 'cn=x', user_id_attribute: 'entryUUID', use_tls: true, page_size: 100 };
  const form = toLdapForm(stored);
  const { page_size: _, ...shown } = stored;
  expect(form).toMatchObject({ ...shown, password: '' });
  expect(form).not.toHaveProperty('page_size');
  expect(toLdapOptions(form, stored)).not.toHaveProperty('password');
  expect(toLdapOptions(form, stored)).not.toHaveProperty('page_size');
  expect(toLdapOptions({ ...form, user: '' }, stored)).toMatchObject({ user: null, password: null });
});

test('a kind sets what its servers have in common', () => {
  expect(optionsOfKind('activeDirectory')).toMatchObject({ user_enabled_mask: 2, user_id_attribute: 'objectGUID' });
  expect(Object.keys(optionsOfKind('standard'))).toEqual(Object.keys(optionsOfKind('activeDirectory')));
});
