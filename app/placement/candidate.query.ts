import { z } from 'zod';
import { since } from '../http/microversion.ts';
import { badRequest } from './placement.errors.ts';
import { dashed, isUuid } from './placement.schema.ts';
import { texts } from './provider.routes.ts';
import {
  type Membership,
  NO_TRAITS,
  readMembership,
  readResources,
  readTraits,
  requirePossible,
  type TraitWish,
} from './provider-filter.ts';

/** One part of what is asked for: without a suffix any providers of a tree together, with one a single provider. */
export interface Group extends Membership, TraitWish {
  readonly suffix: string;
  readonly resources: ReadonlyMap<string, number>;
  /** Only providers of the tree that this one is in. */
  readonly inTree: string | undefined;
}

export interface CandidateQuery {
  readonly groups: readonly Group[];
  readonly limit: number | undefined;
  /** No two groups with a suffix from one provider. */
  readonly isIsolated: boolean;
  /** What the root of each candidate's tree is. */
  readonly root: TraitWish;
  /** Of the groups of each of these, one's provider is above the others'. */
  readonly sameSubtrees: readonly (readonly string[])[];
  /** Several providers of one tree may be in a candidate, as since 1.29. */
  readonly isNested: boolean;
}

/** Since which microversion each part of a group can be asked for. */
const PARTS = { resources: 10, required: 17, member_of: 21, in_tree: 31 } as const;
const GRANULAR = 25;

/** Numbers tell groups apart until 1.32, any words since. */
const NUMBER = '[1-9][0-9]{0,8}';
const WORD = '[a-zA-Z0-9_-]{1,64}';
const PART = /^(resources|required|member_of|in_tree)([a-zA-Z0-9_-]{1,64})?$/;

/** The suffix of the group that a parameter is a part of; undefined: of none. */
function suffixOf(name: string, version: number): string | undefined {
  const [, part, suffix = ''] = PART.exec(name) ?? [];
  if (part === undefined || version < PARTS[part as keyof typeof PARTS]) return undefined;
  const isKnown = suffix === '' || version >= 33 || (version >= GRANULAR && /^[1-9][0-9]{0,8}$/.test(suffix));
  return isKnown ? suffix : undefined;
}

/** Its other parameters are those of groups, of which there may be any number. */
export function candidateQuery(version: number): z.ZodType<Record<string, string | string[] | undefined>> {
  const shape = {
    ...since(version, 16, {
      limit: z
        .string()
        .regex(/^[1-9][0-9]*$/)
        .optional(),
    }),
    ...since(version, GRANULAR, { group_policy: z.enum(['none', 'isolate']).optional() }),
    ...since(version, 35, { root_required: z.string().optional() }),
    ...since(version, 36, { same_subtree: texts.optional() }),
  };
  const parts = Object.entries(PARTS).flatMap(([part, first]) => (version >= first ? part : []));
  const suffix = version >= GRANULAR ? `(?:${version >= 33 ? WORD : NUMBER})?` : '';
  const names = `^(?:${[...Object.keys(shape), `(?:${parts.join('|')})${suffix}`].join('|')})$`;
  const schema = z
    .object(shape)
    .catchall(texts)
    .superRefine((query, context) => {
      const wrong = Object.keys(query).filter(
        (name) => !Object.hasOwn(shape, name) && suffixOf(name, version) === undefined,
      );
      if (wrong.length > 0) context.addIssue({ code: 'unrecognized_keys', keys: wrong, input: query });
    })
    .meta({ propertyNames: { type: 'string', pattern: names } });
  return schema as unknown as z.ZodType<Record<string, string | string[] | undefined>>;
}

/** 400 that names what does not fit together. */
export function readCandidateQuery(
  query: Readonly<Record<string, string | string[] | undefined>>,
  version: number,
): CandidateQuery {
  const valuesOf = (name: string) => [query[name] ?? []].flat();
  const suffixes = new Set(Object.keys(query).flatMap((name) => suffixOf(name, version) ?? []));
  const groups = [...suffixes].map((suffix): Group => {
    const traits = valuesOf(`required${suffix}`);
    const resources = valuesOf(`resources${suffix}`).at(-1);
    const wish = traits.length === 0 ? NO_TRAITS : readTraits(traits, `required${suffix}`, version);
    requirePossible(wish, `required${suffix}`);
    return {
      ...{ suffix, ...wish, ...readMembership(valuesOf(`member_of${suffix}`), `member_of${suffix}`, version) },
      resources: resources === undefined ? new Map() : readResources(resources, `resources${suffix}`),
      inTree: readTree(valuesOf(`in_tree${suffix}`).at(-1), `in_tree${suffix}`),
    };
  });
  const sameSubtrees = valuesOf('same_subtree').map((value) => value.split(',').map((suffix) => suffix.trim()));
  requireGroups(groups, sameSubtrees, version);
  const isGranular = groups.filter(({ suffix }) => suffix !== '').length > 1;
  if (isGranular && query.group_policy === undefined) {
    throw badRequest('group_policy is required with more than one group that has a suffix.', { field: 'group_policy' });
  }
  const limit = valuesOf('limit')[0];
  return {
    ...{ groups, sameSubtrees, isNested: version >= 29 },
    limit: limit === undefined ? undefined : Number(limit),
    isIsolated: query.group_policy === 'isolate',
    root: readRoot(valuesOf('root_required')[0]),
  };
}

function readTree(value: string | undefined, field: string): string | undefined {
  if (value === undefined) return undefined;
  if (!isUuid(value.trim())) throw badRequest(`Invalid ${field}: ${value.slice(0, 100)} is not a UUID.`, { field });
  return dashed(value.trim());
}

/** All of its traits are required, or forbidden: none of several is not for roots. */
function readRoot(value: string | undefined): TraitWish {
  if (value === undefined) return NO_TRAITS;
  const root = readTraits([value], 'root_required', 38);
  requirePossible(root, 'root_required', 'badValue');
  return root;
}

/** Each group asks for resources; since 1.36 one that does not is at least in a subtree with others. */
function requireGroups(groups: readonly Group[], sameSubtrees: readonly (readonly string[])[], version: number): void {
  if (!groups.some(({ resources }) => resources.size > 0)) {
    throw badRequest('At least one group of resources is required.', { code: 'missingValue', field: 'resources' });
  }
  const together = new Set(sameSubtrees.flat());
  const empty = groups.find(({ resources, suffix }) => resources.size === 0 && !together.has(suffix));
  if (empty) {
    const what = version >= 36 ? ' or stand in same_subtree' : '';
    const message = `The group ${empty.suffix || 'without suffix'} has to ask for resources${what}.`;
    throw badRequest(message, { code: 'badValue', field: `resources${empty.suffix}` });
  }
  const known = new Set(groups.map(({ suffix }) => suffix).filter((suffix) => suffix !== ''));
  const unknown = [...together].find((suffix) => !known.has(suffix));
  if (unknown === undefined) return;
  const message = `same_subtree names the group '${unknown.slice(0, 64)}', which there is not.`;
  throw badRequest(message, { code: 'badValue', field: 'same_subtree' });
}
