import type { z } from 'zod';
import { type Action, actionBody, actionRule, named } from '../../http/action.ts';
import { type RouteDefinition, route } from '../../http/route.ts';
import { serverActionAnswer } from '../server-parts.schema.ts';
import { createImage } from './create-image.verb.ts';
import type { VerbService } from './verb.service.ts';
import { isSafe } from './verb.ts';
import { VERBS } from './verbs.ts';

/** Of values and answers: `/v1` has no microversions. */
const LATEST = 96;

/** `/v1/servers/{id}/safely`: a verb, once a snapshot of the machine's disk is made. */
export function safetyRoutes({ compute }: { compute: { verbs: VerbService } }): RouteDefinition[] {
  const { verbs } = compute;
  const actions = Object.fromEntries(
    VERBS.filter(isSafe).map((verb) => [
      verb.action,
      {
        rule: verb.rule,
        ...(verb.value && { value: verb.value }),
        run: async (request, value) => await verbs.begin(request, verb, value, { isSafe: true }),
      } satisfies Action,
    ]),
  );
  const body = actionBody(actions);
  return [
    route({
      method: 'POST',
      path: '/servers/:id/safely',
      rule: actionRule(actions),
      isLongWork: true,
      summary: 'An action that can lose something, once a snapshot of the root disk is made; that is kept for 7 days.',
      emptyStatus: 202,
      body: typeof body === 'function' ? body(LATEST) : body,
      answer: serverActionAnswer(LATEST) as z.ZodType,
      handler: async ({ params, body: asked, ...request }) => {
        request.enforce(createImage.rule);
        const { action, value } = named(actions, asked);
        return await action.run({ ...request, version: LATEST, id: params.id }, value);
      },
    }),
  ];
}
