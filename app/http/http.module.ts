import type { Logger } from 'pino';
import type { Context } from '../contract/context.ts';
import { defineModule } from '../module.ts';
import { systemContext } from '../policy/authorization.ts';
import type { PolicyService } from '../policy/policy.service.ts';
import type { AuditLog } from './audit-trail.ts';
import { Edge, type EdgeOptions } from './edge.ts';
import type { RequestLimits } from './request-limits.ts';
import { Sessions } from './sessions.ts';

interface Needs {
  log: Logger;
  policy: PolicyService;
  audit: AuditLog;
  identity: {
    authenticate: EdgeOptions['authenticate'];
    contextOf(session: string, requestId: string): Promise<Context | undefined>;
    onTokensEnded(listener: () => void): unknown;
  };
  dashboardDir: string | undefined;
  limits: RequestLimits;
  checkAnswers: boolean | undefined;
}

export const httpModule = defineModule({
  name: 'http',
  make: async ({ log, policy, audit, identity, dashboardDir, limits, checkAnswers }: Needs) => {
    const sessions = new Sessions(
      (session) => identity.contextOf(session, systemContext().requestId),
      limits.sockets_per_person,
    );
    identity.onTokensEnded(() => {
      sessions.recheck().catch((error: unknown) => log.error({ err: error }, 'sessions could not be checked'));
    });
    const edge = new Edge({
      ...{ log, policy, audit, dashboardDir, limits, checkAnswers },
      authenticate: (token, requestId, call) => identity.authenticate(token, requestId, call),
    });
    await edge.prepare();
    return { edge, sessions };
  },
  stop: ({ edge }) => edge.close(),
});
