import { z } from 'zod';

/** A machine's screen as VNC (RFB, RFC 6143) or as SPICE, or its serial line. */
export const consoleTypeSchema = z.enum(['vnc', 'spice', 'serial']);
export type ConsoleType = z.infer<typeof consoleTypeSchema>;

/** What Nova calls a way to each. */
export const REMOTE_CONSOLES = {
  vnc: { protocol: 'vnc', type: 'novnc' },
  spice: { protocol: 'spice', type: 'spice-html5' },
  serial: { protocol: 'serial', type: 'serial' },
} as const satisfies Record<ConsoleType, unknown>;
