import { z } from 'zod';
import { paramOf, type RouteDefinition } from '../../http/route.ts';
import { MANAGES_APPLICATION_CREDENTIALS, SEES_APPLICATION_CREDENTIALS } from '../delegated-access.ts';
import type { IdentityService } from '../identity.service.ts';
import { type KeystoneFrame, keystone, type Target } from '../keystone.routes.ts';
import {
  accessRuleAnswer,
  applicationCredentialAnswer,
  applicationCredentialSchema,
} from './application-credential.schema.ts';
import type { ShownApplicationCredential } from './application-credential.service.ts';
import { toApplicationCredentialView, toRuleView } from './application-credential.view.ts';
import type { AccessRuleRecord } from './credential.tables.ts';
import { callerOf } from './delegation.ts';

const text = z.string().optional();
const nameFilter = z.object({ name: text });
const ruleFilter = z.object({ service: text, path: text, method: text });

/** Application credentials and the access rules they may have (API reference, "Application credentials"). */
export function applicationCredentialRoutes(identity: IdentityService): RouteDefinition[] {
  const { applicationCredentials } = identity;
  const frame: KeystoneFrame<ShownApplicationCredential> = {
    ...{ thing: 'application_credential', things: 'application_credentials', records: applicationCredentials },
    ...{ path: 'users/:user_id/application_credentials', schema: applicationCredentialAnswer },
    view: toApplicationCredentialView,
    /** Whose it is says the thing itself, not the path it is asked for by. */
    target: async (request) => {
      const found = await applicationCredentials.find(paramOf(request, 'application_credential_id'));
      return found ? { user_id: found.user_id } : {};
    },
  };
  const seen = keystone({ ...frame, delegated: SEES_APPLICATION_CREDENTIALS });
  const managed = keystone({ ...frame, delegated: MANAGES_APPLICATION_CREDENTIALS });
  return [
    seen.list({
      query: nameFilter,
      find: (request) => applicationCredentials.list(paramOf(request, 'user_id'), request.query.name),
    }),
    managed.create({
      body: applicationCredentialSchema,
      make: async (request, sent) =>
        await applicationCredentials.create(request.context, await callerOf(identity, request), sent),
    }),
    seen.show(),
    managed.delete(),
    ...accessRuleRoutes(identity),
  ];
}

function accessRuleRoutes({ applicationCredentials }: IdentityService): RouteDefinition[] {
  const target: Target = async (request) => ({ target: { user: { id: paramOf(request, 'user_id') } } });
  const of = keystone<AccessRuleRecord>({
    ...{ thing: 'access_rule', things: 'access_rules', path: 'users/:user_id/access_rules' },
    ...{ schema: z.looseObject(accessRuleAnswer.shape), view: toRuleView, delegated: SEES_APPLICATION_CREDENTIALS },
    target,
  });
  return [
    of.list({
      target,
      query: ruleFilter,
      find: (request) => applicationCredentials.listRules({ ...request.query, user_id: paramOf(request, 'user_id') }),
    }),
    of.show({ find: (request, id) => applicationCredentials.getRule(paramOf(request, 'user_id'), id) }),
    of.delete((request, id) => applicationCredentials.deleteRule(paramOf(request, 'user_id'), id)),
  ];
}
