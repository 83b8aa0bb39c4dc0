import { expect, test } from 'vitest';
import { compareCatalogues, compareWithEvents, compareWithVerbs, mergedLists } from './locales.ts';

const compare = (en: Parameters<typeof compareCatalogues>[1]['texts'], zh: typeof en) =>
  compareCatalogues('desktop.json', { language: 'en', texts: en }, { language: 'zh-CN', texts: zh });

test('accepts the same keys with the same placeholders, whatever the plural forms', () => {
  expect(
    compare(
      { menu: { quit: 'Quit' }, count_one: 'One machine', count_other: '{{count}} machines' },
      { menu: { quit: '退出' }, count_other: '{{count}} 台虚拟机' },
    ),
  ).toEqual([]);
});

test('names what is missing on either side', () => {
  expect(compare({ a: 'A', b: 'B' }, { a: '甲', c: '丙' })).toEqual([
    'desktop.json: "b" is missing in zh-CN',
    'desktop.json: "c" is missing in en',
  ]);
});

test('names placeholders that differ and texts that are empty', () => {
  expect(compare({ a: 'Hello {{name}}', b: 'B' }, { a: '你好 {{who}}', b: ' ' })).toEqual([
    'desktop.json: "a" has {{name}} in en, {{who}} in zh-CN',
    'desktop.json: "b" is empty',
  ]);
});

test('names Chinese texts with English marks', () => {
  expect(compare({ a: 'Off: no', b: 'B' }, { a: '关:否', b: '乙，丙' })).toEqual([
    'desktop.json: "a" has an English mark behind a Chinese word',
  ]);
});

test('names events without a text, texts without an event, and the same of what events are about', () => {
  const events = { 'quota.update': { resource: 'quota' }, 'identity.OS-TRUST:trust.created': { resource: 'trust' } };
  const judge = (eventName: Record<string, string>, resource: Record<string, string>) =>
    compareWithEvents(
      mergedLists('zh-CN', [
        { language: 'zh-CN', texts: { title: '任务', resource } },
        { language: 'zh-CN', texts: { eventName } },
      ]),
      events,
    );
  const whole = { 'quota.update': '甲', 'identity.OS-TRUST:trust.created': '乙' };
  expect(judge(whole, { quota: '丙', trust: '丁' })).toEqual([]);
  expect(judge({ 'quota.update': '甲', 'quota.gone': '戊' }, { quota: '丙', trust: '丁', door: '己' })).toEqual([
    'no area\'s "eventName" has a text for identity.OS-TRUST:trust.created in zh-CN',
    '"eventName" of an area has quota.gone in zh-CN, which is no event\'s',
    '"resource" of an area has door in zh-CN, which is no event\'s',
  ]);
});

test('names verbs without a text, and texts of what is no verb', () => {
  const offer = { group: 'power', bulk: 'menu', confirms: 'each' } as const;
  const verbs = [{ name: 'stop', offers: [{ ...offer, name: 'shut-down', asks: 'reason' }] }, { name: 'reset_state' }];
  const judge = (texts: Parameters<typeof compareWithVerbs>[0]['texts']) =>
    compareWithVerbs({ language: 'en', texts }, verbs);
  const words = { label: 'Off', title_one: 'Off?', title_other: 'Off?', text: 'It goes off.', ask: 'Why' };
  const verbName = { stop: 'Off', reset_state: 'Reset' };
  expect(judge({ verb: { 'shut-down': words }, verbName })).toEqual([]);
  const { text, ask, ...less } = words;
  expect(judge({ verb: { 'shut-down': less, jump: words }, verbName: { stop: 'Off' } })).toEqual([
    'machines.json: "verbName.reset_state" is missing in en',
    'machines.json: "verb.shut-down.text" is missing in en',
    'machines.json: "verb.shut-down.ask" is missing in en',
    'machines.json: "verb.jump" in en is of no verb',
  ]);
});
