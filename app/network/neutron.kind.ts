import { z } from 'zod';
import type { Context } from '../contract/context.ts';
import type { Database, Queryable, Transaction } from '../database/database.ts';
import { parseBoolean } from '../http/boolean-text.ts';
import type { Attributes } from '../policy/policy-expression.ts';
import type { Scope } from '../resource/collection-query.ts';
import type { Resource } from '../resource/resource.ts';
import type { ListAttributes } from './neutron.list.ts';

const MOST_TAGS = 50;

const text = z.string().max(255);
export const tagSchema = z
  .string()
  .min(1)
  .max(255)
  .refine((tag) => !/[,/]/.test(tag), 'A tag has neither a comma nor a slash');
export const tagsSchema = z.array(tagSchema).max(MOST_TAGS, `There can be ${MOST_TAGS} tags at most`);
const described = { name: text.optional(), description: text.optional() };

/** What is sent of a new one: what all of them have, and what `shape` names. */
export function newOf<Shape extends z.ZodRawShape>(shape: Shape) {
  return z.strictObject({
    ...described,
    ...{ project_id: text.optional(), tenant_id: text.optional(), tags: tagsSchema.optional() },
    ...shape,
  });
}

/** What is sent of a change. */
export function changesOf<Shape extends z.ZodRawShape>(shape: Shape) {
  return z.strictObject({ ...described, ...shape });
}

/** A flag, which clients also send as text or number (neutron_lib/api/converters.py). */
export const flagField = z
  .preprocess(
    (sent) => (typeof sent === 'string' || typeof sent === 'number' ? (parseBoolean(String(sent)) ?? sent) : sent),
    z.boolean(),
  )
  .meta({ type: 'boolean' });

/** An attribute that clients know and that has one value here: any other is refused with the reason. */
export function only<const Value extends string | number | boolean | null>(value: Value, why: string) {
  return z.literal(value, why).optional();
}

/** The same of a list. */
export function none(why: string) {
  return z.array(z.unknown()).max(0, why).optional();
}

/** What every resource of the Networking API has. */
export interface StandardRecord {
  id: string;
  name: string;
  description: string;
  project_id: string;
  tags: string[];
  revision_number: number;
  created_at: string;
  updated_at: string;
}
export type Described = { [Name in 'name' | 'description']?: string | undefined };
export type Owned = Described & { [Name in 'project_id' | 'tenant_id']?: string | undefined } & {
  tags?: string[] | undefined;
};

/** Of a request: who asks, and how its body calls the thing at hand, as `port` or `ports.2`. */
export interface Asked {
  readonly context: Context;
  readonly at: string;
}

/** What sets one of Neutron's resources apart from the others. */
export interface NeutronKind<R extends StandardRecord, New extends Owned, Changes extends Described>
  extends Pick<ListAttributes<R>, 'constants' | 'filters'> {
  readonly database: Database;
  readonly records: Resource<R>;
  /** Its names in bodies, the second in paths too. */
  readonly one: string;
  readonly many: string;
  readonly schema: z.ZodType;
  readonly post: z.ZodType<New>;
  readonly put: z.ZodType<Changes>;
  /** With these values a new one asks for nothing that a rule has to allow. */
  readonly defaults: Readonly<Record<string, unknown>>;
  /** What is there for the caller. */
  readonly scope: (context: Context) => Scope<R>;
  /** What rules look at of these records; the same object for those that are alike to them. */
  readonly targets: (records: readonly R[], on?: Queryable) => Promise<(record: R) => Attributes>;
  /** The same of one that is to be; throws where what it is to belong to is not there. */
  readonly planned: (asked: Asked, projectId: string, sent: New, on?: Queryable) => Promise<Attributes>;
  /** How these records are shown to those who may see every attribute. */
  readonly views: (records: readonly R[], on?: Queryable) => Promise<(record: R) => Record<string, unknown>>;
  readonly add: (trx: Transaction, asked: Asked, standard: StandardRecord, sent: New) => Promise<R>;
  /**
   * What makes a new revision by being named in a change, with another value or not, as in Neutron, which asks what of the
   * row was set; all else does where it becomes another. Neutron sets the range of a subnet with `any` change of it.
   */
  readonly revisedBy: readonly (keyof Changes & string)[] | 'any';
  /** The record with the changes that are its own; where another table has those, with a revision that says so. */
  readonly change: (trx: Transaction, asked: Asked, record: R, sent: Changes) => Promise<R>;
}
