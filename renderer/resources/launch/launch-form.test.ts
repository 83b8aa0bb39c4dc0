import { beforeAll, describe, expect, it } from 'vitest';
import type { FlavorView, ImageView } from '../../../app/contract/openstack.ts';
import type { CatalogEntry } from '../../../app/contract/v1.ts';
import { toBase64 } from '../../api/base64.ts';
import { formField } from '../../design/dialogs/server-field-error.ts';
import { startI18n } from '../../i18n/i18n.ts';
import {
  firstFlavors,
  furtherDisks,
  limitUses,
  matchFlavors,
  offeredFlavors,
  suggestFlavor,
  tooSmall,
} from './launch-fit.ts';
import {
  checkCount,
  checkMetadata,
  checkUserData,
  EMPTY_LAUNCH,
  FIELD_NAMES,
  isUserDataUnusual,
  LAUNCH_RULES,
  toNewServer,
} from './launch-form.ts';
import { firstSources, launchSources, matchSources } from './launch-source.ts';

beforeAll(() => startI18n('en'));

const row = (name: string, value: string) => ({ key: `${name}${value}`, name, value });

describe('what is filled in', () => {
  it('needs a whole number of machines within reason', () => {
    expect([1, 100].map(checkCount)).toEqual([null, null]);
    for (const count of [0, 101, 1.5, -1, '', 'x']) expect(checkCount(count)).toContain('from 1 to 100');
  });

  it('takes any user data that is not too long, and knows what guests usually read', () => {
    const usual = [
      '#!/bin/sh\ntrue',
      '\n#cloud-config\nusers: []',
      '#cloud-boothook\n',
      'Content-Type: multipart/mixed; boundary="x"',
      'MIME-Version: 1.0\nContent-Type: multipart/mixed',
      '{"ignition": {"version": "3.3.0"}}',
      '#ps1\nWrite-Host',
      '#ps1_sysnative\n',
      '<powershell>dir</powershell>',
      'rem cmd\r\ndir',
      '## template: jinja\n#cloud-config',
    ];
    for (const text of ['', ...usual])
      expect([checkUserData(text), isUserDataUnusual(text)], text).toEqual([null, false]);
    expect([checkUserData('echo hello'), isUserDataUnusual('echo hello')]).toEqual([null, true]);
    expect(checkUserData(`#!${'x'.repeat(50_000)}`)).toContain('48 KiB');
  });

  it('needs metadata with different names', () => {
    expect(checkMetadata([row('a', '1'), row('b', ''), row('', '')])).toBeNull();
    expect(checkMetadata([row('', '1')])).toContain('name');
    expect(checkMetadata([row('a', '1'), row('a', '2')])).toContain('once');
    expect(checkMetadata([row('a/b', '1')])).toContain('letters');
    expect(checkMetadata([row('a', 'x'.repeat(256))])).toContain('255');
  });

  it('takes host names only', () => {
    for (const good of ['', 'web', 'web-1', 'web.example.org']) expect(LAUNCH_RULES.hostname(good)).toBeNull();
    for (const bad of ['-web', 'web-', 'web_1', 'a b', 'x'.repeat(64), 'a..b']) {
      expect(LAUNCH_RULES.hostname(bad)).toContain('hyphens');
    }
  });
});

describe('the request', () => {
  it('says no more than what was chosen', () => {
    const values = { ...EMPTY_LAUNCH, name: ' web ', flavor: '1', networks: ['n'] };
    expect(toNewServer(values, 'i')).toEqual({
      name: 'web',
      imageRef: 'i',
      flavorRef: '1',
      networks: [{ uuid: 'n' }],
    });
  });

  it('asks for a config drive where nothing else could tell the guest', () => {
    const values = { ...EMPTY_LAUNCH, name: 'web', flavor: '1', networks: ['n'] };
    expect(toNewServer({ ...values, adminPass: 'secret' }, 'i').config_drive).toBe(true);
    expect(toNewServer({ ...values, networks: [] }, 'i').config_drive).toBe(true);
  });

  it('carries everything that was', () => {
    const values = {
      ...EMPTY_LAUNCH,
      name: 'web',
      flavor: '1',
      key: 'k',
      count: 3,
      userData: '#!/bin/sh\r\necho 中',
      metadata: [row('role', 'db'), row('', '')],
      adminPass: 'secret',
      hostname: 'db',
      description: ' mine ',
      zone: 'north',
    };
    expect(toNewServer(values, 'i')).toMatchObject({
      networks: 'none',
      key_name: 'k',
      min_count: 3,
      max_count: 3,
      user_data: toBase64('#!/bin/sh\necho 中'),
      metadata: { role: 'db' },
      adminPass: 'secret',
      hostname: 'db',
      description: 'mine',
      availability_zone: 'north',
    });
  });

  it('is base64 of the bytes, not of the letters', () => {
    expect(toBase64('中')).toBe('5Lit');
  });

  it('gives refusals back to the field they name', () => {
    const fields = Object.keys(EMPTY_LAUNCH);
    const named = ['name', 'imageRef', 'key_name', 'user_data', 'min_count', 'availability_zone'];
    expect(named.map((name) => formField(`server.${name}`, fields, FIELD_NAMES))).toEqual([
      'name',
      'image',
      'key',
      'userData',
      'count',
      'zone',
    ]);
  });
});

const flavor = (id: string, ram: number, disk: number, isDisabled = false) =>
  ({ id, name: id, ram, disk, vcpus: 1, 'OS-FLV-DISABLED:disabled': isDisabled }) as FlavorView;
const entry = (id: string, changes: Partial<CatalogEntry> = {}): CatalogEntry => ({
  id,
  family: id.split('-')[0] ?? id,
  name: id,
  version: '',
  summary: '',
  arch: 'x86_64',
  diskFormat: 'qcow2',
  url: 'https://example.org/',
  checksum: { algorithm: 'sha256', value: null, url: null },
  size: 1000,
  minDiskGib: 2,
  minRamMib: 256,
  defaultUser: null,
  properties: {},
  builtIn: false,
  imageId: null,
  taskId: null,
  ...changes,
});
const image = (id: string, changes: Partial<ImageView> = {}) =>
  ({ id, name: id, status: 'active', min_disk: 0, min_ram: 0, virtual_size: null, ...changes }) as ImageView;

describe('sizes', () => {
  const [source] = launchSources([image('i', { min_disk: 1, min_ram: 256, virtual_size: 3 * 1024 ** 3 })], []);

  it('are refused with the reason where the image does not fit', () => {
    expect(tooSmall(flavor('a', 128, 10), source)).toBe('The image needs 256 MiB of memory');
    expect(tooSmall(flavor('b', 512, 2), source)).toBe('The image needs a disk of 3 GiB');
    expect(tooSmall(flavor('c', 512, 3), source)).toBeNull();
    // A disk of 0 is the image's own.
    expect(tooSmall(flavor('d', 512, 0), source)).toBeNull();
  });

  it('say which disks they have beside the first', () => {
    const sized = { ...flavor('a', 128, 1), 'OS-FLV-EXT-DATA:ephemeral': 4, swap: 512 };
    expect(furtherDisks(sized)).toEqual(['4 GiB, empty as a second disk', '512 MiB swap']);
    expect(furtherDisks({ ...sized, 'OS-FLV-EXT-DATA:ephemeral': 0, swap: 0 })).toEqual([]);
  });

  it('are offered from the smallest on, and the first that fits is suggested', () => {
    const flavors = [
      flavor('big', 4096, 40),
      flavor('off', 256, 10, true),
      flavor('nano', 128, 1),
      flavor('ok', 512, 5),
    ];
    expect(offeredFlavors(flavors).map((each) => each.id)).toEqual(['nano', 'ok', 'big']);
    expect(suggestFlavor(flavors, source)?.id).toBe('ok');
    expect(suggestFlavor([flavor('nano', 128, 1)], source)).toBeUndefined();
  });

  it('are all shown where they are few, and of many the first that fit, with the chosen one', () => {
    const many = Array.from({ length: 40 }, (_, index) => flavor(`size-${index}`, 128 * (index + 1), 10));
    expect(firstFlavors(many.slice(0, 12), source, '')).toHaveLength(12);
    const ids = (chosen: string) => firstFlavors(many, source, chosen).map((each) => each.id);
    expect(ids('size-2')).toEqual(many.slice(1, 13).map((each) => each.id));
    expect(ids('size-39')).toEqual([...many.slice(1, 12), many[39]].map((each) => each?.id));
    expect(matchFlavors(many, 'SIZE 39').map((each) => each.id)).toEqual(['size-39']);
    expect(matchFlavors([...many, ...many], '')).toHaveLength(60);
  });

  it('are counted against the limits there are', () => {
    const limits = { instances: { limit: 3, used: 1 }, cores: { limit: -1, used: 9 }, ram: { limit: 1024, used: 512 } };
    expect(limitUses([limits], flavor('a', 256, 1), 3)).toEqual([
      { name: 'instances', used: 1, adds: 3, limit: 3, isOver: true },
      { name: 'ram', used: 512, adds: 768, limit: 1024, isOver: true },
    ]);
    expect(limitUses([limits], flavor('a', 256, 1), 2).map((use) => use.isOver)).toEqual([false, false]);
    const ofPerson = { instances: { limit: 2, used: 1 }, cores: { limit: 1, used: 0 } };
    expect(limitUses([limits, ofPerson], flavor('a', 256, 1), 2).map((use) => [use.name, use.limit])).toEqual([
      ['instances', 2],
      ['cores', 1],
      ['ram', 1024],
    ]);
  });
});

describe('images to launch from', () => {
  it('are those that are here, then what can be fetched', () => {
    const images = [image('here', { name: 'Mine' }), image('busy', { status: 'saving' }), image('fetched')];
    const catalog = [entry('debian-12'), entry('cumulet', { builtIn: true }), entry('alpine', { imageId: 'fetched' })];
    const sources = launchSources(images, catalog);
    expect(sources.map((each) => each.id)).toEqual(['here', 'fetched', 'catalog:cumulet', 'catalog:debian-12']);
    expect(sources[1]?.stem).toBe('alpine');
    expect(sources[2]?.downloadBytes).toBeNull();
  });

  it('are one of each kind at first, with the chosen one whatever it is', () => {
    const catalog = ['a-1', 'a-2', 'b-1', 'c-1', 'd-1', 'e-1', 'f-1', 'g-1'].map((id) => entry(id));
    const sources = launchSources([], catalog);
    expect(firstSources(sources, '').map((each) => each.name)).toEqual(['a-1', 'b-1', 'c-1', 'd-1', 'e-1', 'f-1']);
    expect(firstSources(sources, 'catalog:a-2').map((each) => each.name)).toContain('a-2');
    expect(firstSources(sources, 'catalog:a-2')).toHaveLength(6);
  });

  it('are found by their words', () => {
    const sources = launchSources([], [entry('debian-12', { summary: 'Stable' }), entry('fedora-44')]);
    expect(matchSources(sources, 'STABLE debian').map((each) => each.name)).toEqual(['debian-12']);
    expect(matchSources(sources, '')).toHaveLength(2);
  });
});
