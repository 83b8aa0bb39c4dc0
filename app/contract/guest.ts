import { z } from 'zod';

/**
 * What a guest tells of itself by its agent. All of it is the guest's word, which may be a lie: it is shown, and nothing is
 * decided by it.
 */

/** Why nothing is told. */
export const guestSilenceSchema = z.enum([
  /** Its machine does not run. */
  'off',
  /** Its machine has no port to the agent: its image does not want it, or it is of an earlier version. */
  'no-port',
  /** Nobody in the guest has opened the port: the agent is not installed, or not started yet. */
  'not-installed',
  /** The port is open, and no answer comes in time. */
  'silent',
  /** What comes is no answer. */
  'nonsense',
  /** Its host is away, or cannot speak with guests. */
  'no-host',
]);
export type GuestSilence = z.infer<typeof guestSilenceSchema>;

const TEXT = 255;
const word = z.string().max(TEXT).nullable();

export const guestReportSchema = z
  .object({
    answers: z.boolean(),
    silence: guestSilenceSchema.nullable().meta({ description: 'Why it does not answer; null where it does.' }),
    agentVersion: word,
    hostName: word,
    os: z.object({ name: word, version: word, kernel: word }).nullable(),
    nics: z
      .array(z.object({ name: z.string().max(TEXT), mac: word, addresses: z.array(z.string().max(TEXT)).max(32) }))
      .max(64),
  })
  .meta({ title: 'GuestReport' });
export type GuestReport = z.infer<typeof guestReportSchema>;

/** Of a guest that does not answer. */
export function silentGuest(silence: GuestSilence): GuestReport {
  return { answers: false, silence, agentVersion: null, hostName: null, os: null, nics: [] };
}
