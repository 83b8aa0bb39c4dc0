import { z } from 'zod';
import { defineMethod } from './bus.ts';
import { hostFactsSchema } from './host.ts';
import { machinePortSchema, machineStatusSchema } from './machine.ts';
import { machineDiagnosticsSchema } from './machine-diagnostics.ts';

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
  diagnostics: defineMethod('machine.diagnostics', 1, z.object({ id: z.uuid() }), machineDiagnosticsSchema),
  /** A PNG of the screen, base64, for thumbnails. */
  screenshot: defineMethod('machine.screenshot', 1, z.object({ id: z.uuid() }), z.object({ png: z.string() })),
  /**
   * Dial `GET /bus/stream/<streamId>` (WebSocket, binary) on the controller and join it to the machine's screen
   * (RFB bytes) or serial line. For `serial` the stream begins with the kept scrollback. Answers once both ends are open.
   */
  openConsole: defineMethod(
    'console.open',
    1,
    z.object({ id: z.uuid(), type: z.enum(['vnc', 'serial']), streamId: z.string() }),
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
