import { z } from 'zod';

const count = z.number().int().min(0);

/** What a machine has used of its host since it was started; null where its host cannot tell. */
export const machineDiagnosticsSchema = z.object({
  /** One of each processor: time it was at work. */
  cpus: z.array(z.object({ nanoseconds: count.nullable() })),
  /** `usedMib` is what the guest has been left by the balloon. */
  memory: z.object({ maximumMib: count, usedMib: count.nullable() }),
  disks: z.array(
    z.object({
      name: z.string(),
      readBytes: count,
      reads: count,
      writtenBytes: count,
      writes: count,
      failures: count,
    }),
  ),
  /** `traffic` as the guest sees it: what it has received and sent. */
  nics: z.array(z.object({ mac: z.string(), traffic: z.object({ in: trafficOf(), out: trafficOf() }).nullable() })),
});
export type MachineDiagnostics = z.infer<typeof machineDiagnosticsSchema>;

function trafficOf() {
  return z.object({ bytes: count, packets: count, errors: count, drops: count });
}
