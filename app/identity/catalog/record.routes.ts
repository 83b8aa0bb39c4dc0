import { z } from 'zod';
import type { Context } from '../../contract/context.ts';
import { type RouteDefinition, route } from '../../http/route.ts';
import { ANY_TOKEN } from '../delegated-access.ts';
import { collectionSchema, selfLinkSchema } from '../identity.schema.ts';
import { linkTo, toCollection } from '../identity.view.ts';
import type { StoredRecord } from './record.repository.ts';
import type { RecordService, Sent } from './record.service.ts';

/** What the routes of one kind of record are made from. */
export interface RecordRoutes<R extends StoredRecord> {
  readonly records: RecordService<R>;
  readonly thing: string;
  readonly things: string;
  /** Parameters of the list; the same as those of the kind, stated here since declaring touches no service. */
  readonly filters: readonly string[];
  /** Before the name in paths: `OS-EP-FILTER/`. */
  readonly base?: string;
  /** Of what stands under the name in bodies. */
  readonly create: z.ZodType<Sent>;
  readonly update: z.ZodType<Sent>;
  /** What is answered, links aside. */
  readonly shape: z.ZodRawShape;
  readonly toView?: ((record: R, origin: string) => object) | undefined;
  /** What is shown of one just made, where that is more: secrets are shown once. */
  readonly toMadeView?: (record: R) => object;
  /** Puts what was sent into the form that is stored. */
  readonly prepare?: (context: Context, sent: Sent) => Promise<Sent>;
  /** How one is made where it takes more than storing. */
  readonly make?: (request: { context: Context; sent: Sent }) => Promise<R>;
  /** A list of them is made at once. */
  readonly makesMany?: boolean;
}

/** `GET`, `POST` of all; `GET`, `PATCH`, `DELETE` of one. */
export function recordRoutes<R extends StoredRecord>(of: RecordRoutes<R>): RouteDefinition[] {
  const { records, thing, things, filters, base = '', prepare = asSent } = of;
  const path = `/v3/${base}${things}`;
  const one = `${path}/:${thing}_id`;
  const idOf = (params: Record<string, string>) => params[`${thing}_id`] ?? '';
  const query = z.looseObject(Object.fromEntries(filters.map((name) => [name, z.string().optional()])));
  const schema = recordSchema(of);
  const answer = z.object({ [thing]: schema });
  const show = (record: R, origin: string) => recordView(of, record, origin);
  return [
    route<Sent, unknown>({
      method: 'GET',
      path,
      rule: `identity:list_${things}`,
      delegated: ANY_TOKEN,
      query,
      answer: collectionSchema(things, schema),
      handler: async ({ query, origin, raw }) => {
        const found = await records.list(query);
        const views = found.map((record) => show(record, origin));
        return toCollection(things, views, origin + raw.url);
      },
    }),
    of.makesMany ? makingMany(of, path) : makingOne(of, path),
    route({
      method: 'GET',
      path: one,
      rule: `identity:get_${thing}`,
      delegated: ANY_TOKEN,
      answer,
      handler: async ({ params, origin }) => ({ [thing]: show(await records.get(idOf(params)), origin) }),
    }),
    route<unknown, Record<string, Sent>>({
      method: 'PATCH',
      path: one,
      rule: `identity:update_${thing}`,
      delegated: ANY_TOKEN,
      body: z.strictObject({ [thing]: of.update }),
      answer,
      handler: async ({ context, params, body, origin }) => {
        const sent = await prepare(context, body[thing] ?? {});
        return { [thing]: show(await records.update(context, idOf(params), sent), origin) };
      },
    }),
    route({
      method: 'DELETE',
      path: one,
      rule: `identity:delete_${thing}`,
      delegated: ANY_TOKEN,
      handler: async ({ context, params }) => await records.delete(context, idOf(params)),
    }),
  ];
}

function makingOne<R extends StoredRecord>(of: RecordRoutes<R>, path: string): RouteDefinition {
  const { records, thing, prepare = asSent } = of;
  return route<unknown, Record<string, Sent>>({
    method: 'POST',
    path,
    rule: `identity:create_${thing}`,
    delegated: ANY_TOKEN,
    body: z.strictObject({ [thing]: of.create }),
    answer: z.object({ [thing]: recordSchema(of) }),
    status: 201,
    handler: async ({ context, body, origin }) => {
      const sent = await prepare(context, body[thing] ?? {});
      const made = await (of.make ? of.make({ context, sent }) : records.create(context, sent));
      return { [thing]: recordView({ ...of, toView: of.toMadeView ?? of.toView }, made, origin) };
    },
  });
}

function makingMany<R extends StoredRecord>(of: RecordRoutes<R>, path: string): RouteDefinition {
  const { records, things } = of;
  return route<unknown, Record<string, Sent[]>>({
    method: 'POST',
    path,
    rule: `identity:create_${things}`,
    delegated: ANY_TOKEN,
    body: z.strictObject({ [things]: z.array(of.create).min(1) }),
    answer: z.object({ [things]: z.array(recordSchema(of)) }),
    status: 201,
    handler: async ({ context, body, origin }) => {
      const made = await records.createMany(context, body[things] ?? []);
      return { [things]: made.map((record) => recordView(of, record, origin)) };
    },
  });
}

async function asSent(_context: Context, sent: Sent): Promise<Sent> {
  return sent;
}

export function recordSchema({ shape }: { shape: z.ZodRawShape }) {
  return z.looseObject({ id: z.string(), ...shape, links: selfLinkSchema });
}

/** The record as Keystone answers it: stored attributes it does not know stand beside those it does. */
export function recordView<R extends StoredRecord>(
  { records, things, base = '', toView = (record) => record }: RecordRoutes<R>,
  record: R,
  origin: string,
): object {
  const { extra, ...rest } = toView(record, origin) as { extra?: object };
  const names = ['id', ...Object.keys(records.kind.defaults), 'region', 'secret'];
  const known = Object.fromEntries(Object.entries(rest).filter(([key]) => names.includes(key)));
  return { ...extra, ...known, links: linkTo(origin, `${base}${things}/${record.id}`) };
}

/** Bodies of changes name at least one attribute. */
export function changing<S extends z.ZodType<Sent>>(schema: S): z.ZodType<Sent> {
  return schema.refine((sent) => Object.keys(sent).length > 0, 'Invalid input: nothing to change');
}
