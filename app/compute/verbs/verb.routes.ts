import { z } from 'zod';
import { type VerbOffer, type VerbView, verbListSchema } from '../../contract/verbs.ts';
import { type RouteDefinition, route, schemaFor } from '../../http/route.ts';
import type { AllowedStates } from '../server.state.ts';
import { isCancellable } from './verb.tasks.ts';
import { isLong, isSafe, type Offer, type Verb } from './verb.ts';
import { VERBS } from './verbs.ts';

/** Of values and schemas. */
const LATEST = Number.POSITIVE_INFINITY;
const ANY_STATE: AllowedStates = { vm: 'any', task: 'any' };

/** `/v1/verbs`: what can be done to servers, when, and how it is offered. The dashboard's menus are made of it. */
export function verbRoutes({ compute }: { compute: { deletion: { keptSeconds: number } } }): RouteDefinition[] {
  return [
    route({
      method: 'GET',
      path: '/verbs',
      rule: 'v1:verbs:list',
      answer: verbListSchema,
      handler: async () => ({ verbs: VERBS.map(verbView), keptSeconds: compute.deletion.keptSeconds }),
    }),
  ];
}

/** A verb as others see it. */
export function verbView(verb: Verb): VerbView {
  const { name, action, rule, since, value, offers = [] } = verb;
  const schema = schemaFor(value, LATEST);
  return {
    ...{ name, action, rule },
    since: since === undefined ? null : `2.${since}`,
    value: schema ? (z.toJSONSchema(schema, { io: 'input' }) as Record<string, unknown>) : null,
    allowed: statesView(allowedOf(verb, offers[0])),
    isCancellable: isLong(verb) && isCancellable(verb),
    notification: isLong(verb) ? verb.notification : null,
    offers: offers.map((offer) => offerView(verb, offer)),
  };
}

function offerView(verb: Verb, offer: Offer): VerbOffer {
  const { name, group, bulk, confirms, isDangerous = false, isFor = null, asks = null, fields = [], own } = offer;
  return {
    ...{ name, group, bulk, confirms, isDangerous, isFor, asks, fields },
    rule: own?.rule ?? verb.rule,
    path: own?.path ?? '/compute/v2.1/servers/:id/action',
    body: own?.body ?? { [verb.action]: offer.value ?? null },
    allowed: statesView(allowedOf(verb, offer)),
    passesLock: verb.passesLock ?? false,
    canBeSafe: isSafe(verb),
  };
}

function allowedOf(verb: Verb, offer: Offer | undefined): AllowedStates {
  if (!isLong(verb)) return verb.allowed ?? ANY_STATE;
  return (offer?.own?.asked ?? verb.asked(offer?.value)).allowed;
}

function statesView({ vm, task = [null] }: AllowedStates): VerbView['allowed'] {
  return { vm: vm === 'any' ? null : [...vm], tasks: task === 'any' ? null : [...task] };
}
