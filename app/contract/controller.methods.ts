import { z } from 'zod';
import { defineMethod } from './bus.ts';
import { hostFactsSchema } from './host.ts';
import { machineStatusSchema } from './machine.ts';
import { machineStatisticsSchema } from './machine-statistics.ts';
import { foundThingSchema, MOST_FOUND } from './unclaimed.ts';

/** A request of a guest, as far as it counts. */
const guestQuestionSchema = z.object({
  host: z.string(),
  id: z.uuid(),
  method: z.string().max(16),
  /** With its query, as it was sent. */
  path: z.string().max(2048),
  /** Base64. */
  body: z.string().max(4096),
});
export type GuestQuestion = z.infer<typeof guestQuestionSchema>;

const guestAnswerSchema = z.object({
  status: z.number().int(),
  type: z.enum(['text/plain', 'application/json']),
  /** Base64. */
  body: z.string(),
});
export type GuestAnswer = z.infer<typeof guestAnswerSchema>;

/** What agents send to the controller, on the topic `compute`. */
export const controllerMethods = {
  /** First call after every (re)connection, and now and then: facts and all machines; the answer names those the controller does not know. */
  hostReport: defineMethod(
    'host.report',
    1,
    z.object({ host: z.string(), facts: hostFactsSchema, machines: z.array(machineStatusSchema) }),
    z.object({ unknownMachines: z.array(z.string()) }),
  ),
  /** After each report: all that the host has and the controller does not know, as far as the host can tell. */
  hostUnclaimed: defineMethod(
    'host.unclaimed',
    1,
    z.object({ host: z.string(), found: z.array(foundThingSchema).max(MOST_FOUND) }),
    z.object({}),
  ),
  /** A machine changed state, told by the hypervisor; again until it is answered. */
  machineChanged: defineMethod(
    'machine.changed',
    1,
    z.object({ host: z.string(), machine: machineStatusSchema }),
    z.object({}),
  ),
  /** Now and then, of all machines that run: what they have used by then (`at`: milliseconds since 1970, by the host's clock). */
  machineStatistics: defineMethod(
    'machine.statistics',
    1,
    z.object({ host: z.string(), at: z.number(), machines: z.array(machineStatisticsSchema) }),
    z.object({}),
  ),
  /**
   * Asked before an order takes effect: whether somebody still waits for it. No answer means no, so that a host that
   * was away, asleep or frozen does nothing that was given up meanwhile.
   */
  orderWanted: defineMethod(
    'order.wanted',
    1,
    z.object({ host: z.string(), id: z.uuid(), generation: z.number().int() }),
    z.object({ isWanted: z.boolean() }),
  ),
  /** What a guest asks at 169.254.169.254; which guest that is, its host knows by where the question came from. */
  guestMetadata: defineMethod('machine.metadata', 1, guestQuestionSchema, guestAnswerSchema),
} as const;

/**
 * HTTP beside the bus, for bytes; authenticated with the agent's secret as `Authorization: Bearer <secret>`:
 * `GET /bus` (WebSocket, frames of bus.ts), `GET /bus/stream/<streamId>` (WebSocket, binary),
 * `GET /bus/images/<id>` (the stored file; `Range` is honoured).
 */
export const BUS_PATH = '/bus';
