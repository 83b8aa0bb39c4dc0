import { describe, expect, it } from 'vitest';
import { EVENTS } from '../../app/contract/events.ts';
import { keysRefreshedBy } from '../api/refreshed-by.ts';
import { type Language, startI18n, switchLanguage } from '../i18n/i18n.ts';
import { testUser } from '../session/test-user.fixture.ts';
import { RESOURCE_FILES } from '../shell/resources.ts';
import { navigationFor } from './navigation.ts';
import { allResources, findResource } from './resource.ts';
import { RESOURCE_TEXTS, type ResourceText, resourceText } from './resource-text.ts';

const resources = allResources();

it('takes up each file that defines one', () => {
  const names = RESOURCE_FILES.map((path) => path.slice(path.lastIndexOf('/') + 1, -'.resource.tsx'.length));
  expect(resources.map(({ name }) => name).toSorted()).toEqual(names.toSorted());
  expect(names).toContain('flavors');
  expect(findResource('nothing')).toBeUndefined();
});

it('gives each a place of its own in the navigation', () => {
  const places = resources.map(({ place }) => `${place.group} ${place.order}`);
  expect(new Set(places).size).toBe(places.length);
});

it('has them in the order of the navigation', () => {
  const rights = Object.fromEntries(resources.map(({ rule }) => [rule, { allowed: true, needs: null }]));
  const shown = navigationFor(testUser('admin', { rights })).map(({ to }) => to.slice(1));
  expect(resources.map(({ name }) => name)).toEqual(shown.filter((name) => findResource(name)));
});

describe.each(resources.map((resource) => [resource.name, resource] as const))('%s', (name, resource) => {
  it('is refreshed by events that there are', () => {
    for (const begin of resource.events) {
      const meant = Object.keys(EVENTS).filter((event) => event === begin || event.startsWith(`${begin}.`));
      expect(meant, begin).not.toEqual([]);
      for (const event of meant) expect(keysRefreshedBy(event)).toContainEqual([name]);
    }
  });

  it.each(['en', 'zh-CN'] satisfies Language[])('says in %s what every resource says', async (language) => {
    await (language === 'en' ? startI18n(language) : switchLanguage(language));
    const own = (resource.create ?? []).flatMap(({ id }): ResourceText[] => [`${id}.action`, `${id}.title`]);
    for (const text of [...RESOURCE_TEXTS, ...own]) {
      const said = resourceText(resource, text, { count: 2 });
      expect(said, text).not.toBe(text);
      expect(said, text).not.toBe('');
    }
  });
});
