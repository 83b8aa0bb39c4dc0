import { existsSync } from 'node:fs';
import { readdir } from 'node:fs/promises';
import type { TestCloud, TestCloudOptions } from '../cloud.ts';
import type { Sections } from './tempest-config.ts';

/** A part of Tempest, by the name people give to `npm run conformance`: a file of `areas/` that exports it as `area`. */
export interface Area {
  /** Its tests, by a pattern that `stestr` reads. */
  readonly tests: string;
  /** Those that the gate runs. */
  readonly gate: string;
  /** How many pass at least. */
  readonly atLeast: { readonly gate: number; readonly all: number };
  /** The cloud they are run against. */
  readonly cloud: TestCloudOptions;
  /** What `tempest.conf` has to say of it beside what holds for all, once what it names is made. */
  readonly prepare: (cloud: TestCloud) => Promise<Sections>;
  /** Tests that may fail, by why: each by what its name holds. */
  readonly missing: Readonly<Record<string, readonly string[]>>;
}

const folder = new URL('areas/', import.meta.url);

/** The names of all areas. */
export async function listAreas(): Promise<string[]> {
  return (await readdir(folder)).map((name) => name.replace(/\.ts$/, '')).sort();
}

export async function loadArea(name: string): Promise<Area> {
  const file = new URL(`${name}.ts`, folder);
  if (!existsSync(file)) throw new Error(`No area ${name}. There are: ${(await listAreas()).join(', ')}.`);
  return (await import(file.href)).area;
}

/** Why a test may fail; undefined where it must not. */
export function causeOf(area: Area, test: string): string | undefined {
  return Object.entries(area.missing).find(([, names]) => names.some((name) => test.includes(name)))?.[0];
}
