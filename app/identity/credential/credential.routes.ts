import { z } from 'zod';
import { type ApiRequest, type RouteDefinition, route } from '../../http/route.ts';
import { THE_USER } from '../delegated-access.ts';
import { notFound } from '../identity.errors.ts';
import type { IdentityService } from '../identity.service.ts';
import { linkTo, toCollection } from '../identity.view.ts';
import {
  type CredentialChange,
  createCredentialSchema,
  createEc2Schema,
  credentialAnswer,
  ec2Answer,
  type NewCredential,
  updateCredentialSchema,
} from './credential.schema.ts';
import { ec2CredentialId, parseEc2Blob } from './credential.service.ts';
import type { CredentialRecord } from './credential.tables.ts';

const PATH = '/v3/credentials';
const EC2_PATH = '/v3/users/:user_id/credentials/OS-EC2';
const filterSchema = z.object({ user_id: z.string().optional(), type: z.string().optional() });
type Filter = z.infer<typeof filterSchema>;
const one = z.object({ credential: credentialAnswer });

/** API reference, "Credentials" and "OS-EC2". */
export function credentialRoutes(identity: IdentityService): RouteDefinition[] {
  return [...anyKindRoutes(identity), ...ec2KeyRoutes(identity)];
}

function anyKindRoutes(identity: IdentityService): RouteDefinition[] {
  const { credentials } = identity;
  const target = async ({ params }: ApiRequest<unknown, unknown>) =>
    targetOf(await credentials.find(params.credential_id ?? ''));
  return [
    route<Filter, unknown>({
      method: 'GET',
      path: PATH,
      rule: 'identity:list_credentials',
      delegated: THE_USER,
      target: async ({ context }) => ({ target: { credential: { user_id: context.userId } } }),
      query: filterSchema,
      answer: z.object({ credentials: z.array(credentialAnswer), links: z.unknown() }),
      handler: async (request) => {
        const { context, query, origin, raw } = request;
        const self = origin + raw.url;
        const user_id = maySeeAll(request) ? query.user_id : (context.userId ?? '');
        if (query.user_id !== undefined && query.user_id !== user_id) return toCollection('credentials', [], self);
        const found = await credentials.list({ ...query, user_id });
        const views = found.map((record) => toView(record, origin));
        return toCollection('credentials', views, self);
      },
    }),
    route<unknown, { credential: NewCredential }>({
      method: 'POST',
      path: PATH,
      rule: 'identity:create_credential',
      delegated: THE_USER,
      target: async ({ body }) => ({ target: { credential: { user_id: body.credential.user_id } } }),
      body: createCredentialSchema,
      status: 201,
      answer: one,
      handler: async (request) => {
        const { context, body, origin } = request;
        const made = await credentials.create(context, body.credential);
        return { credential: toView(made, origin) };
      },
    }),
    route({
      method: 'GET',
      path: `${PATH}/:credential_id`,
      rule: 'identity:get_credential',
      delegated: THE_USER,
      target,
      answer: one,
      handler: async (request) => {
        const { params, origin } = request;
        const found = await credentials.get(params.credential_id ?? '');
        return { credential: toView(found, origin) };
      },
    }),
    route<unknown, { credential: CredentialChange }>({
      method: 'PATCH',
      path: `${PATH}/:credential_id`,
      rule: 'identity:update_credential',
      delegated: THE_USER,
      target,
      body: updateCredentialSchema,
      answer: one,
      handler: async (request) => {
        const { context, params, body, origin } = request;
        const changed = await credentials.update(
          context,
          params.credential_id ?? '',
          body.credential,
          // Nobody may give what is theirs to somebody else.
          (record) => request.enforce('identity:update_credential', targetOf(record)),
        );
        return { credential: toView(changed, origin) };
      },
    }),
    route({
      method: 'DELETE',
      path: `${PATH}/:credential_id`,
      rule: 'identity:delete_credential',
      delegated: THE_USER,
      target,
      handler: async (request) => {
        await credentials.delete(request.context, request.params.credential_id ?? '');
      },
    }),
  ];
}

function ec2KeyRoutes(identity: IdentityService): RouteDefinition[] {
  const { credentials } = identity;
  const find = async ({ params }: ApiRequest<unknown, unknown>) => {
    const access = params.credential_id ?? '';
    const found = await credentials.find(ec2CredentialId(access));
    if (found?.type !== 'ec2') throw notFound('credential', access);
    return found;
  };
  /** Unlike elsewhere, 404 comes before 403. */
  const target = async (request: ApiRequest<unknown, unknown>) => targetOf(await find(request));
  const answer = z.object({ credential: ec2Answer });
  return [
    route({
      method: 'GET',
      path: EC2_PATH,
      rule: 'identity:ec2_list_credentials',
      delegated: THE_USER,
      answer: z.object({ credentials: z.array(ec2Answer), links: z.unknown() }),
      handler: async (request) => {
        const { params, origin, raw } = request;
        const user_id = params.user_id ?? '';
        await credentials.assertUser(user_id);
        const found = await credentials.list({ user_id, type: 'ec2' });
        const views = found.map((record) => toEc2View(record, origin));
        return toCollection('credentials', views, origin + raw.url);
      },
    }),
    route<unknown, z.infer<typeof createEc2Schema>>({
      method: 'POST',
      path: EC2_PATH,
      rule: 'identity:ec2_create_credential',
      delegated: THE_USER,
      target: async ({ params }) => ({ target: { credential: { user_id: params.user_id } } }),
      body: createEc2Schema,
      status: 201,
      answer,
      handler: async (request) => {
        const { context, params, body, origin } = request;
        const made = await credentials.createEc2(context, params.user_id ?? '', body.tenant_id);
        return { credential: toEc2View(made, origin) };
      },
    }),
    route({
      method: 'GET',
      path: `${EC2_PATH}/:credential_id`,
      rule: 'identity:ec2_get_credential',
      delegated: THE_USER,
      target,
      answer,
      handler: async (request) => {
        const { id } = await find(request);
        const found = await credentials.get(id);
        return { credential: toEc2View(found, request.origin) };
      },
    }),
    route({
      method: 'DELETE',
      path: `${EC2_PATH}/:credential_id`,
      rule: 'identity:ec2_delete_credential',
      delegated: THE_USER,
      target,
      handler: async (request) => {
        const { id } = await find(request);
        await credentials.delete(request.context, id);
      },
    }),
  ];
}

/** What the rule says of a credential that is nobody's. */
function maySeeAll(request: ApiRequest<Filter, unknown>): boolean {
  try {
    request.enforce('identity:get_credential', { target: { credential: { user_id: '' } } });
    return true;
  } catch {
    return false;
  }
}

function targetOf(record: CredentialRecord | undefined) {
  return record ? { target: { credential: { user_id: record.user_id, project_id: record.project_id } } } : {};
}

function toView({ created_at: _, extra, ...record }: CredentialRecord, origin: string) {
  return { ...extra, ...record, links: linkTo(origin, `credentials/${record.id}`) };
}

function toEc2View(record: CredentialRecord, origin: string) {
  const { access, secret, trust_id = null } = parseEc2Blob(record.blob);
  const links = linkTo(origin, `users/${record.user_id}/credentials/OS-EC2/${access}`);
  return { access, secret, user_id: record.user_id, tenant_id: record.project_id, trust_id, links };
}
