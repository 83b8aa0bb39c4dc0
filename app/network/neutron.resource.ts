import { randomUUID } from 'node:crypto';
import { z } from 'zod';
import { noteMade } from '../audit/audited-request.ts';
import type { Context } from '../contract/context.ts';
import { CumuletError } from '../contract/errors.ts';
import type { Transaction } from '../database/database.ts';
import { linksSchema } from '../http/link.schema.ts';
import { type ApiRequest, type RouteDefinition, route } from '../http/route.ts';
import { mapInTurns } from '../pattern/turns.ts';
import { requireProject } from '../policy/authorization.ts';
import type { Attributes } from '../policy/policy-expression.ts';
import { NETWORK_RULES } from './network.policy.ts';
import { badRequest, neutronFault } from './neutron.errors.ts';
import type { Asked, Described, NeutronKind, Owned, StandardRecord } from './neutron.kind.ts';
import { collectionOf, cutPage, listQuery, urlOf, withFields } from './neutron.list.ts';
import { matchOf, revise } from './neutron.revision.ts';

/** Made with one request at most. */
const MOST_AT_ONCE = 500;
const RULES: ReadonlySet<string> = new Set(NETWORK_RULES.map(({ name }) => name));

type Frame = Pick<ApiRequest<unknown, unknown>, 'context' | 'allows'>;

/** Neutron's dialect: list, show, create (also many at once), update and delete of one kind. */
export function neutronRoutes<R extends StandardRecord, New extends Owned, Changes extends Described>(
  kind: NeutronKind<R, New, Changes>,
): RouteDefinition[] {
  const { records, one, many, scope } = kind;
  const path = `/v2.0/${many}`;
  const onePath = `${path}/:id`;
  const answer = z.strictObject({ [one]: kind.schema });
  const listAnswer = z.strictObject({ [many]: z.array(kind.schema), [`${many}_links`]: linksSchema.optional() });
  const bulkAnswer = z.strictObject({ [many]: z.array(kind.schema) });
  const about = async ({ context, params }: { context: Context; params: Record<string, string> }) => {
    const record = await records.find(idOf(params), undefined, scope(context));
    return record ? (await kind.targets([record]))(record) : {};
  };
  const show = viewer(kind);
  const showOne = async (frame: Frame, record: R) => ({ [one]: (await show(frame, [record]))[0] ?? {} });

  return [
    route({
      method: 'GET',
      path,
      rule: `get_${one}`,
      query: listQuery,
      answer: listAnswer,
      selectsFields: true,
      handler: async (request) => {
        const { context, query, origin, raw } = request;
        const found = await records.list(collectionOf(query, { table: records.kind.table, ...kind }, scope(context)));
        const { page, links } = cutPage(found, query, urlOf(origin, raw));
        const views = await show(request, page, `get_${one}`);
        return {
          [many]: views.map((view) => withFields(view, query)),
          ...(links.length > 0 && { [`${many}_links`]: links }),
        };
      },
    }),
    route({
      method: 'GET',
      path: onePath,
      rule: `get_${one}`,
      target: about,
      query: listQuery,
      answer,
      selectsFields: true,
      handler: async (request) => {
        const record = await records.get(idOf(request.params), undefined, scope(request.context));
        const [view = {}] = await show(request, [record]);
        return { [one]: withFields(view, request.query) };
      },
    }),
    route({
      method: 'POST',
      path,
      rule: `create_${one}`,
      body: z.union([
        z.strictObject({ [one]: kind.post }),
        z.strictObject({ [many]: z.array(kind.post).min(1).max(MOST_AT_ONCE) }),
      ]) as z.ZodType<Record<string, New | New[]>>,
      answer: z.union([answer, bulkAnswer]),
      status: 201,
      target: async ({ context, body }) => {
        const [first] = sentIn(context, body);
        return first ? await kind.planned(first.asked, first.projectId, first.sent) : {};
      },
      handler: async (request) => {
        const { context, body, enforce } = request;
        const sent = sentIn(context, body);
        const made = await overQuota(one, () =>
          kind.database.transaction(async (trx) => {
            const added: R[] = [];
            for (const { asked, projectId, sent: each } of sent) {
              const rules = attributeRules(`create_${one}`, each, kind.defaults);
              if (rules.length > 0 || sent.length > 1) {
                const target = await kind.planned(asked, projectId, each, trx);
                for (const rule of [`create_${one}`, ...rules]) enforce(rule, target);
              }
              const standard = newRecord(projectId, each);
              if (!(many in body)) noteMade(standard);
              added.push(await kind.add(trx, asked, standard, each));
            }
            return added;
          }),
        );
        const views = await show(request, made);
        return many in body ? { [many]: views } : { [one]: views[0] ?? {} };
      },
    }),
    route({
      method: 'PUT',
      path: onePath,
      rule: `update_${one}`,
      target: about,
      body: z.strictObject({ [one]: kind.put }) as z.ZodType<Record<string, Changes>>,
      answer,
      handler: async (request) => {
        const { context, params, body, raw, enforce } = request;
        const sent = body[one] as Changes;
        const asked = { context, at: one };
        const change = async (record: R, trx: Transaction): Promise<R> => {
          const rules = attributeRules(`update_${one}`, sent);
          if (rules.length > 0) {
            const target = (await kind.targets([record], trx))(record);
            for (const rule of rules) enforce(rule, target);
          }
          const { name = record.name, description = record.description } = sent;
          return await kind.change(trx, asked, { ...record, name, description }, sent);
        };
        const isNamed = kind.revisedBy === 'any' || kind.revisedBy.some((name) => Object.hasOwn(sent, name));
        const record = await revise(kind, { context, id: idOf(params), headers: raw.headers, isNamed }, change);
        return await showOne(request, record);
      },
    }),
    route({
      method: 'DELETE',
      path: onePath,
      rule: `delete_${one}`,
      target: about,
      handler: async ({ context, params, raw }) => {
        const check = matchOf(raw.headers);
        await records.delete(context, idOf(params), scope(context), check);
      },
    }),
  ];

  function sentIn(context: Context, body: Record<string, New | New[]>) {
    const own = requireProject(context);
    const bulk = body[many];
    const list = (Array.isArray(bulk) ? bulk : [body[one]]) as New[];
    return list.map((sent, index) => {
      const asked = { context, at: Array.isArray(bulk) ? `${many}.${index}` : one };
      return { asked, sent, projectId: projectOf(asked, own, sent) };
    });
  }
}

function newRecord(projectId: string, { name = '', description = '', tags = [] }: Owned): StandardRecord {
  const now = new Date().toISOString();
  const standard = { id: randomUUID(), name, description, project_id: projectId, revision_number: 1 };
  return { ...standard, tags: [...new Set(tags)], created_at: now, updated_at: now };
}

function projectOf({ context, at }: Asked, own: string, { project_id, tenant_id }: Owned): string {
  const projectId = project_id ?? tenant_id ?? own;
  if (projectId === own || context.isAdmin) return projectId;
  throw badRequest(
    `${at}.project_id`,
    "Specifying 'project_id' or 'tenant_id' other than authenticated project in request requires admin privileges",
  );
}

/** Rules of single attributes that what was sent needs: `create_port:fixed_ips`, `create_port:fixed_ips:ip_address`. */
function attributeRules(of: string, sent: object, defaults: Readonly<Record<string, unknown>> = {}): string[] {
  return Object.entries(sent).flatMap(([name, value]) => {
    if (value === undefined || (Object.hasOwn(defaults, name) && value === defaults[name])) return [];
    const rule = `${of}:${name}`;
    const members = Array.isArray(value) ? value.flatMap((each: unknown) => Object.keys(Object(each))) : [];
    return [rule, ...new Set(members.map((member) => `${rule}:${member}`))].filter((each) => RULES.has(each));
  });
}

/** Records as they are shown: without the attributes, and with `rule` without those, that the caller may not see. */
function viewer<R extends StandardRecord, New extends Owned, Changes extends Described>(
  kind: NeutronKind<R, New, Changes>,
) {
  const prefix = `get_${kind.one}:`;
  const ruled = [...RULES].filter((rule) => rule.startsWith(prefix)).map((rule) => rule.slice(prefix.length));
  return async ({ allows }: Frame, records: readonly R[], rule?: string): Promise<Record<string, unknown>[]> => {
    if (records.length === 0) return [];
    const view = await kind.views(records);
    if (rule === undefined && ruled.length === 0) return records.map(view);
    const targetOf = await kind.targets(records);
    // Most of a list are alike to the rules, and have the same target.
    const known = new Map<Attributes, { isThere: boolean; hidden: string[] }>();
    const rightsTo = (target: Attributes) => {
      const rights = known.get(target) ?? {
        isThere: rule === undefined || allows(rule, target),
        hidden: ruled.filter((name) => !allows(prefix + name, target)),
      };
      known.set(target, rights);
      return rights;
    };
    const views = await mapInTurns(records, (record) => {
      const { isThere, hidden } = rightsTo(targetOf(record));
      if (!isThere) return undefined;
      const shown = view(record);
      for (const name of hidden) shown[name] = undefined;
      return shown;
    });
    return views.filter((each) => each !== undefined);
  };
}

/** Neutron answers 409 where a limit would be passed, and names what of. */
async function overQuota<T>(one: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (!(error instanceof CumuletError) || error.code !== 'quota_exceeded') throw error;
    throw neutronFault('conflict', 'OverQuota', `Quota exceeded for resources: ['${one}'].`, { cause: error });
  }
}

/** The paths here end in `:id`. */
function idOf(params: Readonly<Record<string, string>>): string {
  return params.id as string;
}
