import { z } from 'zod';
import { type ApiRequest, paramOf, type RouteDefinition, route } from '../../http/route.ts';
import { THE_USER } from '../delegated-access.ts';
import { notFound } from '../identity.errors.ts';
import type { IdentityService } from '../identity.service.ts';
import { linkTo } from '../identity.view.ts';
import { keystone } from '../keystone.routes.ts';
import {
  createEc2Schema,
  credentialAnswer,
  credentialChangeSchema,
  credentialSchema,
  ec2Answer,
} from './credential.schema.ts';
import type { CredentialRecord } from './credential.tables.ts';
import { ec2CredentialId, parseEc2Keys } from './ec2-keys.ts';

const filterSchema = z.object({ user_id: z.string().optional(), type: z.string().optional() });

/** API reference, "Credentials" and "OS-EC2". */
export function credentialRoutes(identity: IdentityService): RouteDefinition[] {
  return [...anyKindRoutes(identity), ...ec2KeyRoutes(identity)];
}

function anyKindRoutes({ credentials }: IdentityService): RouteDefinition[] {
  const of = keystone<CredentialRecord>({
    records: credentials,
    ...{ thing: 'credential', things: 'credentials', schema: credentialAnswer, view: toView, delegated: THE_USER },
    target: async (request) => targetOf(await credentials.find(paramOf(request, 'credential_id'))),
  });
  return [
    of.list({
      target: async ({ context }) => ({ target: { credential: { user_id: context.userId } } }),
      query: filterSchema,
      find: async ({ context, query, allows }) => {
        // What the rule says of a credential that is nobody's.
        const seesAll = allows('identity:get_credential', { target: { credential: { user_id: '' } } });
        const user_id = seesAll ? query.user_id : (context.userId ?? '');
        if (query.user_id !== undefined && query.user_id !== user_id) return [];
        return await credentials.seek({ ...query, user_id });
      },
    }),
    of.create({
      body: credentialSchema,
      target: (_request, { user_id }) => ({ target: { credential: { user_id } } }),
      make: ({ context }, sent) => credentials.make(context, sent),
    }),
    of.show(),
    of.update({
      body: credentialChangeSchema,
      change: ({ context, enforce }, id, sent) =>
        credentials.update(context, id, (stored) => {
          const changed = credentials.changed(sent, stored);
          // Nobody may give what is theirs to somebody else.
          enforce('identity:update_credential', targetOf(changed));
          return changed;
        }),
    }),
    of.delete(),
  ];
}

function ec2KeyRoutes({ credentials }: IdentityService): RouteDefinition[] {
  const path = 'users/:user_id/credentials/OS-EC2';
  const find = async (request: ApiRequest<unknown, unknown>) => {
    const access = paramOf(request, 'credential_id');
    const found = await credentials.find(ec2CredentialId(access));
    if (found?.type !== 'ec2') throw notFound('credential', access);
    return found;
  };
  const of = keystone<CredentialRecord>({
    ...{ thing: 'credential', things: 'credentials', path, schema: ec2Answer, view: toEc2View, delegated: THE_USER },
    rule: (verb) => `identity:ec2_${verb}_credential`,
    /** Unlike elsewhere, 404 comes before 403. */
    target: async (request) => targetOf(await find(request)),
  });
  return [
    of.list({
      rule: 'identity:ec2_list_credentials',
      find: (request) => credentials.keysOf(paramOf(request, 'user_id')),
    }),
    route({
      method: 'POST',
      path: `/v3/${path}`,
      rule: 'identity:ec2_create_credential',
      delegated: THE_USER,
      target: async ({ params }) => ({ target: { credential: { user_id: params.user_id } } }),
      body: createEc2Schema,
      status: 201,
      answer: z.object({ credential: ec2Answer }),
      handler: async ({ context, params, body, origin }) => ({
        credential: toEc2View(await credentials.makeKeys(context, params.user_id, body.tenant_id), origin),
      }),
    }),
    of.show({ find }),
    of.delete(async (request) => await credentials.delete(request.context, (await find(request)).id)),
  ];
}

function targetOf(record: CredentialRecord | undefined) {
  return record ? { target: { credential: { user_id: record.user_id, project_id: record.project_id } } } : {};
}

function toView({ created_at: _, extra, ...record }: CredentialRecord, origin: string) {
  return { ...extra, ...record, links: linkTo(origin, `credentials/${record.id}`) };
}

function toEc2View(record: CredentialRecord, origin: string) {
  const { access, secret, trust_id = null } = parseEc2Keys(record.blob);
  const links = linkTo(origin, `users/${record.user_id}/credentials/OS-EC2/${access}`);
  return { access, secret, user_id: record.user_id, tenant_id: record.project_id, trust_id, links };
}
