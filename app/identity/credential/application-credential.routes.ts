import { z } from 'zod';
import { type RouteDefinition, route } from '../../http/route.ts';
import { MANAGES_APPLICATION_CREDENTIALS, SEES_APPLICATION_CREDENTIALS } from '../delegated-access.ts';
import type { IdentityService } from '../identity.service.ts';
import { toCollection } from '../identity.view.ts';
import { accessRuleAnswer, applicationCredentialAnswer, createSchema } from './application-credential.schema.ts';
import { toApplicationCredentialView, toRuleView } from './application-credential.view.ts';
import { callerOf } from './delegation.ts';

const PATH = '/v3/users/:user_id/application_credentials';
const RULES_PATH = '/v3/users/:user_id/access_rules';
const nameFilter = z.object({ name: z.string().optional() });
const ruleFilter = z.object({
  service: z.string().optional(),
  path: z.string().optional(),
  method: z.string().optional(),
});

/** Application credentials and the access rules they may have (API reference, "Application credentials"). */
export function applicationCredentialRoutes(identity: IdentityService): RouteDefinition[] {
  const { applicationCredentials } = identity;
  /** Whose it is says the thing itself, not the path it is asked for by. */
  const owner = async ({ params }: { params: { application_credential_id: string } }) => {
    const found = await applicationCredentials.find(params.application_credential_id);
    return found ? { user_id: found.user_id } : {};
  };
  const userTarget = async ({ params }: { params: { user_id: string } }) => ({
    target: { user: { id: params.user_id } },
  });
  return [
    route({
      method: 'GET',
      path: PATH,
      rule: 'identity:list_application_credentials',
      delegated: SEES_APPLICATION_CREDENTIALS,
      query: nameFilter,
      answer: z.object({ application_credentials: z.array(applicationCredentialAnswer), links: z.unknown() }),
      handler: async (request) => {
        const { params, query, origin, raw } = request;
        const found = await applicationCredentials.list(params.user_id, query.name);
        const views = found.map((record) => toApplicationCredentialView(record, origin));
        return toCollection('application_credentials', views, origin + raw.url);
      },
    }),
    route({
      method: 'POST',
      path: PATH,
      rule: 'identity:create_application_credential',
      delegated: MANAGES_APPLICATION_CREDENTIALS,
      body: createSchema,
      status: 201,
      answer: z.object({ application_credential: applicationCredentialAnswer }),
      handler: async (request) => {
        const { context, body, origin } = request;
        const caller = await callerOf(identity, request);
        const { secret, ...made } = await applicationCredentials.create(context, caller, body.application_credential);
        return { application_credential: { ...toApplicationCredentialView(made, origin), secret } };
      },
    }),
    route({
      method: 'GET',
      path: `${PATH}/:application_credential_id`,
      rule: 'identity:get_application_credential',
      delegated: SEES_APPLICATION_CREDENTIALS,
      target: owner,
      answer: z.object({ application_credential: applicationCredentialAnswer }),
      handler: async (request) => {
        const { params, origin } = request;
        const id = params.application_credential_id;
        const found = await applicationCredentials.get(id);
        return { application_credential: toApplicationCredentialView(found, origin) };
      },
    }),
    route({
      method: 'DELETE',
      path: `${PATH}/:application_credential_id`,
      rule: 'identity:delete_application_credential',
      delegated: MANAGES_APPLICATION_CREDENTIALS,
      target: owner,
      handler: async (request) => {
        await applicationCredentials.delete(request.context, request.params.application_credential_id);
      },
    }),
    route({
      method: 'GET',
      path: RULES_PATH,
      rule: 'identity:list_access_rules',
      delegated: SEES_APPLICATION_CREDENTIALS,
      target: userTarget,
      query: ruleFilter,
      answer: z.object({ access_rules: z.array(z.looseObject(accessRuleAnswer.shape)), links: z.unknown() }),
      handler: async (request) => {
        const { params, query, origin, raw } = request;
        const rules = await applicationCredentials.listRules(params.user_id, query);
        const views = rules.map((rule) => toRuleView(rule, origin));
        return toCollection('access_rules', views, origin + raw.url);
      },
    }),
    route({
      method: 'GET',
      path: `${RULES_PATH}/:access_rule_id`,
      rule: 'identity:get_access_rule',
      delegated: SEES_APPLICATION_CREDENTIALS,
      target: userTarget,
      answer: z.object({ access_rule: z.looseObject(accessRuleAnswer.shape) }),
      handler: async (request) => {
        const { user_id, access_rule_id } = request.params;
        const rule = await applicationCredentials.getRule(user_id, access_rule_id);
        return { access_rule: toRuleView(rule, request.origin) };
      },
    }),
    route({
      method: 'DELETE',
      path: `${RULES_PATH}/:access_rule_id`,
      rule: 'identity:delete_access_rule',
      delegated: SEES_APPLICATION_CREDENTIALS,
      target: userTarget,
      handler: async (request) => {
        const { user_id, access_rule_id } = request.params;
        await applicationCredentials.deleteRule(user_id, access_rule_id);
      },
    }),
  ];
}
