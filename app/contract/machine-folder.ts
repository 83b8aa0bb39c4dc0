import { z } from 'zod';
import { powerStateSchema } from './machine.ts';

/** What a backup must know of the files of a machine, which its host's agent writes. */

/** Of `machine.json`, which is there when the machine is whole. */
export const keptMachineSchema = z.object({
  /** File name in the host's image cache of what the root disk stands on; null where that is nothing. */
  baseImage: z.string().nullable(),
});

/** Of `state.json`. */
export const keptStateSchema = z.object({
  powerState: powerStateSchema,
  /** The process, once it is known. */
  process: z.object({ pid: z.number().int().min(2) }).nullable(),
  /** A process is being started: it may exist although none is known. */
  isLaunching: z.boolean(),
});
export type KeptState = z.infer<typeof keptStateSchema>;
