import { badRequest } from './placement.errors.ts';
import { dashed, isUuid } from './placement.schema.ts';
import { capacityOf, type Inventory, type Provider } from './provider.repository.ts';

/** Of each list one has to be there. */
export type AllOfAny = readonly (readonly string[])[];

export interface Membership {
  readonly memberOf: AllOfAny;
  readonly notMemberOf: readonly string[];
}

export interface TraitWish {
  readonly required: AllOfAny;
  readonly forbidden: readonly string[];
}

export const NO_TRAITS: TraitWish = { required: [], forbidden: [] };

/** `VCPU:2,MEMORY_MB:512`. */
export function readResources(text: string, field: string): Map<string, number> {
  const amounts = new Map<string, number>();
  for (const part of text.split(',')) {
    const [, name, amount] = /^([^:]{1,255}):(\d{1,10})$/.exec(part.trim()) ?? [];
    if (name === undefined || Number(amount) < 1) {
      const form = 'a class and an amount from 1 on, such as VCPU:2,MEMORY_MB:1024';
      throw badRequest(`Badly formed ${field}: ${part.slice(0, 100)} is not ${form}.`, { field });
    }
    amounts.set(name, Number(amount));
  }
  return amounts;
}

/**
 * `A,!B` (all of them, but for the forbidden ones, since 1.22) or `in:A,B` (any of them, since 1.39). Of several values all
 * hold since 1.39, before that the last.
 */
export function readTraits(values: readonly string[], field: string, version: number): TraitWish {
  const required: string[][] = [];
  const forbidden: string[] = [];
  for (const value of version >= 39 ? values : values.slice(-1)) {
    const isAny = value.startsWith('in:');
    const names = (isAny ? value.slice(3) : value).split(',').map((name) => name.trim());
    const isWrong = (name: string) => /^!*$/.test(name) || (name.startsWith('!') && (isAny || version < 22));
    if ((isAny && version < 39) || names.some(isWrong)) {
      const forms = ['A,B', ...(version >= 22 ? ['A,!B'] : []), ...(version >= 39 ? ['in:A,B'] : [])];
      throw badRequest(`Invalid ${field}: ${value.slice(0, 100)} is not of the form ${forms.join(' or ')}.`, { field });
    }
    if (isAny) required.push(names);
    else {
      for (const name of names) {
        if (name.startsWith('!')) forbidden.push(name.replace(/^!+/, ''));
        else required.push([name]);
      }
    }
  }
  return { required, forbidden };
}

/** 400 where what is required is forbidden too. */
export function requirePossible({ required, forbidden }: TraitWish, field: string, code?: 'badValue'): void {
  const both = required.find((names) => names.every((name) => forbidden.includes(name)));
  if (!both) return;
  const details = { field, ...(code && { code }) };
  throw badRequest(`Conflicting required and forbidden traits in ${field}: ${both.join(', ')}.`, details);
}

/** An aggregate, or `in:` and several, any of which will do; behind `!` those that may not be (since 1.32). */
export function readMembership(values: readonly string[], field: string, version: number): Membership {
  if (values.length > 1 && version < 24) throw badRequest(`${field} may be given once before 1.24.`, { field });
  const memberOf: string[][] = [];
  const notMemberOf: string[] = [];
  for (const value of values) {
    const [, isNot, isAny, list = ''] = /^(!?)(in:)?(.*)$/s.exec(value) ?? [];
    const ids = list.split(',');
    const isWrong = ids.some((id) => !isUuid(id)) || (ids.length > 1 && !isAny) || (isNot && version < 32);
    if (isWrong) {
      const forms = ['<uuid>', 'in:<uuid>,<uuid>', ...(version >= 32 ? ['!<uuid>', '!in:<uuid>,<uuid>'] : [])];
      throw badRequest(`Invalid ${field}: ${value.slice(0, 100)} is not of the form ${forms.join(' or ')}.`, { field });
    }
    if (isNot) notMemberOf.push(...ids.map(dashed));
    else memberOf.push(ids.map(dashed));
  }
  return { memberOf, notMemberOf };
}

export function hasAll(names: readonly string[], wanted: AllOfAny): boolean {
  return wanted.every((any) => any.some((name) => names.includes(name)));
}

export function hasNone(names: readonly string[], unwanted: readonly string[]): boolean {
  return !names.some((name) => unwanted.includes(name));
}

/** Whether so much of it is free, and may be taken at once. */
export function hasRoom(inventory: Inventory | undefined, amount: number): boolean {
  if (!inventory || inventory.used + amount > capacityOf(inventory)) return false;
  const { minUnit, maxUnit, stepSize } = inventory;
  return amount >= minUnit && amount <= maxUnit && amount % stepSize === 0;
}

export interface ProviderFilter extends Membership, TraitWish {
  readonly name?: string | undefined;
  readonly uuid?: string | undefined;
  readonly inTree?: string | undefined;
  readonly resources: ReadonlyMap<string, number>;
}

export function filterProviders(known: ReadonlyMap<string, Provider>, filter: ProviderFilter): Provider[] {
  const { name, uuid, inTree, resources, required, forbidden, memberOf, notMemberOf } = filter;
  const rootId = inTree === undefined ? undefined : known.get(inTree)?.rootId;
  if (inTree !== undefined && rootId === undefined) return [];
  return [...known.values()].filter(
    (provider) =>
      (name === undefined || provider.name === name) &&
      (uuid === undefined || provider.id === uuid) &&
      (rootId === undefined || provider.rootId === rootId) &&
      hasAll(provider.traits, required) &&
      hasNone(provider.traits, forbidden) &&
      hasAll(provider.aggregates, memberOf) &&
      hasNone(provider.aggregates, notMemberOf) &&
      [...resources].every(([of, amount]) => hasRoom(provider.inventories.get(of), amount)),
  );
}
