import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { z } from 'zod';
import type { Verb } from '../app/compute/verbs/verb.ts';
import { VERBS } from '../app/compute/verbs/verbs.ts';
import { EVENTS } from '../app/contract/events.ts';
import { findSentences, readModules } from './sentences.ts';

type Catalogue = { [key: string]: string | Catalogue };
const catalogueSchema: z.ZodType<Catalogue> = z.lazy(() =>
  z.record(z.string(), z.union([z.string(), catalogueSchema])),
);

/** i18next's plural endings; languages have different ones for the same text. */
const PLURAL = /_(zero|one|two|few|many|other)$/;

/** Chinese has marks of its own. */
const ENGLISH_MARK = /\p{Script=Han}[,:;!?]/u;

/** Texts that one of two catalogues lacks, leaves empty, gives other placeholders or English marks, as sentences. */
export function compareCatalogues(name: string, first: Named, second: Named): string[] {
  const [a, b] = [flatten(first.texts), flatten(second.texts)];
  const problems: string[] = [];
  for (const key of new Set([...a.keys(), ...b.keys()])) {
    const [inFirst, inSecond] = [a.get(key), b.get(key)];
    if (!inFirst || !inSecond) {
      problems.push(`${name}: "${key}" is missing in ${inFirst ? second.language : first.language}`);
    } else if (inFirst.placeholders !== inSecond.placeholders) {
      problems.push(
        `${name}: "${key}" has {{${inFirst.placeholders}}} in ${first.language}, {{${inSecond.placeholders}}} in ${second.language}`,
      );
    }
    if ((inFirst && inFirst.text.trim() === '') || (inSecond && inSecond.text.trim() === '')) {
      problems.push(`${name}: "${key}" is empty`);
    }
    if ([inFirst, inSecond].some((entry) => entry && ENGLISH_MARK.test(entry.text))) {
      problems.push(`${name}: "${key}" has an English mark behind a Chinese word`);
    }
  }
  return problems;
}

/** Names of events and of what they are about that have no text in a language, and texts of names that are none. */
export function compareWithEvents(
  { language, texts }: Named,
  events: Readonly<Record<string, { readonly resource: string }>> = EVENTS,
): string[] {
  const lists: Record<string, Iterable<string>> = {
    eventName: Object.keys(events),
    resource: Object.values(events).map(({ resource }) => resource),
  };
  return Object.entries(lists).flatMap(([list, names]) => {
    const [wanted, known] = [new Set(names), new Set(Object.keys(texts[list] ?? {}))];
    const missing = [...wanted].filter((one) => !known.has(one));
    const needless = [...known].filter((one) => !wanted.has(one));
    return [
      ...missing.map((one) => `no area's "${list}" has a text for ${one} in ${language}`),
      ...needless.map((one) => `"${list}" of an area has ${one} in ${language}, which is no event's`),
    ];
  });
}

/** What is asked before a verb is done: what it is called, what it does and costs. */
const OFFER_TEXTS = ['label', 'title', 'text'];

/** Verbs and offers of them that lack a text among those of machines, and texts of what is none. */
export function compareWithVerbs(
  { language, texts }: Named,
  verbs: readonly Pick<Verb, 'name' | 'offers'>[] = VERBS,
): string[] {
  const offers = verbs.flatMap(({ offers = [] }) => offers);
  const known = flatten(texts);
  const wanted = [
    ...verbs.map(({ name }) => `verbName.${name}`),
    ...offers.flatMap(({ name, asks, fields = [] }) => {
      const ofFields = fields.flatMap((field) => [`field.${field.name}.label`, `field.${field.name}.help`]);
      return [...OFFER_TEXTS, ...(asks ? ['ask'] : []), ...(fields.length > 0 ? ['begun'] : []), ...ofFields].map(
        (text) => `verb.${name}.${text}`,
      );
    }),
  ];
  const named = new Set(offers.map(({ name }) => name));
  const needless = Object.keys(texts.verb ?? {}).filter((name) => !named.has(name));
  return [
    ...wanted.filter((key) => !known.has(key)).map((key) => `machines.json: "${key}" is missing in ${language}`),
    ...needless.map((name) => `machines.json: "verb.${name}" in ${language} is of no verb`),
  ];
}

/** What all areas say of events: each resource has those of its own. */
export function mergedLists(language: string, areas: readonly Named[]): Named {
  const lists = ['eventName', 'resource'].map((list) => [
    list,
    Object.assign({}, ...areas.map(({ texts }) => texts[list])),
  ]);
  return { language, texts: Object.fromEntries(lists) };
}

export interface Named {
  language: string;
  texts: Catalogue;
}

function flatten(catalogue: Catalogue, prefix = ''): Map<string, { text: string; placeholders: string }> {
  const flat = new Map<string, { text: string; placeholders: string }>();
  for (const [key, value] of Object.entries(catalogue)) {
    if (typeof value === 'string') {
      const names = [...value.matchAll(/\{\{-?\s*(\w+)/g)].map(([, name]) => name ?? '');
      const name = `${prefix}${key}`.replace(PLURAL, '');
      // "One machine" may leave the number out: the form that names most counts.
      const placeholders = [...new Set(names)].sort().join(', ');
      const known = flat.get(name);
      if (!known || known.placeholders.length < placeholders.length) flat.set(name, { text: value, placeholders });
    } else {
      for (const [inner, entry] of flatten(value, `${prefix}${key}.`)) flat.set(inner, entry);
    }
  }
  return flat;
}

function readCatalogue(folder: string, language: string, name: string): Named {
  const path = join(folder, language, name);
  if (!existsSync(path)) return { language, texts: {} };
  return { language, texts: catalogueSchema.parse(JSON.parse(readFileSync(path, 'utf8'))) };
}

if (import.meta.main) {
  const root = resolve(import.meta.dirname, '..');
  const folder = join(root, 'assets', 'locales');
  const languages = ['en', 'zh-CN'] as const;
  const names = new Set(languages.flatMap((language) => readdirSync(join(folder, language))));
  const problems = [...names].flatMap((name) =>
    compareCatalogues(name, readCatalogue(folder, languages[0], name), readCatalogue(folder, languages[1], name)),
  );
  for (const { path, text } of readModules(root)) {
    for (const line of findSentences(path, text)) {
      problems.push(`${path}:${line} has a sentence for people: its place is assets/locales`);
    }
  }
  for (const language of languages) {
    problems.push(
      ...compareWithVerbs(readCatalogue(folder, language, 'machines.json')),
      ...compareWithEvents(
        mergedLists(
          language,
          [...names].map((name) => readCatalogue(folder, language, name)),
        ),
      ),
    );
  }
  for (const problem of problems) console.error(problem);
  process.exitCode = problems.length > 0 ? 1 : 0;
}
