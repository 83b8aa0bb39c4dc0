import { z } from 'zod';
import { defineMethod } from './bus.ts';
import { consoleTypeSchema } from './console.ts';
import { guestReportSchema } from './guest.ts';
import { hostFactsSchema } from './host.ts';
import { machinePortSchema, machineStatusSchema } from './machine.ts';
import { machineDiagnosticsSchema } from './machine-diagnostics.ts';
import { machineHardwareSchema } from './machine-hardware.ts';
import { guestCheckSchema } from './startup.ts';

const nothing = z.object({});

/** What an agent serves on the topic `agent.<host>`, beside the orders of `machine-orders.ts`. */
export const agentMethods = {
  /** Display name only. */
  rename: defineMethod('machine.rename', 1, z.object({ id: z.uuid(), name: z.string() }), nothing),
  list: defineMethod('machine.list', 1, nothing, z.object({ machines: z.array(machineStatusSchema) })),
  /** Last `lines` lines of the serial log (all that is kept when null), as UTF-8 text. */
  consoleLog: defineMethod(
    'machine.console_log',
    1,
    z.object({ id: z.uuid(), lines: z.number().int().min(0).nullable() }),
    z.object({ output: z.string() }),
  ),
  /** What the guest tells of itself. */
  guest: defineMethod('machine.guest', 1, z.object({ id: z.uuid() }), guestReportSchema),
  /** Of a user in the guest, by its agent: `conflict` where that does not answer. Nobody keeps it. */
  setPassword: defineMethod(
    'machine.set_password',
    1,
    z.object({ id: z.uuid(), user: z.string().max(255), password: z.string().max(255) }),
    nothing,
  ),
  diagnostics: defineMethod('machine.diagnostics', 1, z.object({ id: z.uuid() }), machineDiagnosticsSchema),
  /**
   * Asks the guest once over its network, from where it can be reached, and answers within seconds. `reason`: what was
   * missing, null where it is well.
   */
  checkGuest: defineMethod(
    'machine.check_guest',
    1,
    z.object({ id: z.uuid(), check: guestCheckSchema }),
    z.object({ reason: z.string().nullable() }),
  ),
  /** What it is made of, as its host has it written down. */
  hardware: defineMethod('machine.hardware', 1, z.object({ id: z.uuid() }), machineHardwareSchema),
  /** A PNG of the screen, base64, for thumbnails. */
  screenshot: defineMethod('machine.screenshot', 1, z.object({ id: z.uuid() }), z.object({ png: z.string() })),
  /**
   * Dial `GET /bus/stream/<streamId>` (WebSocket, binary) on the controller and join it to the machine's screen
   * (RFB bytes, or those of one of SPICE's channels) or serial line. For `serial` the stream begins with the kept scrollback. Answers once both ends are open.
   */
  openConsole: defineMethod(
    'console.open',
    1,
    z.object({ id: z.uuid(), type: consoleTypeSchema, streamId: z.string() }),
    nothing,
  ),
  /** Measure again and answer; also sent by the agent itself when something changes. */
  facts: defineMethod('host.facts', 1, nothing, hostFactsSchema),
  /** The ports as the controller has them now; a machine that runs keeps what it was plugged with until it ends. */
  setPorts: defineMethod(
    'machine.set_ports',
    1,
    z.object({ id: z.uuid(), ports: z.array(machinePortSchema) }),
    nothing,
  ),
  /**
   * Removes what is no machine: a folder among the machines, a process without one, a file of the image cache, the cached
   * copies of an image.
   * What is not there is success; `isRemoved` is false while a machine needs it.
   */
  removeLeftover: defineMethod(
    'leftover.remove',
    1,
    z.object({
      kind: z.enum(['machine-folder', 'process', 'cached-file', 'cached-image']),
      id: z.string().min(1).max(255),
    }),
    z.object({ isRemoved: z.boolean() }),
  ),
} as const;
