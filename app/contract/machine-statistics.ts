import { z } from 'zod';

const count = z.number().int().min(0);

/** How often a host tells what its machines use, milliseconds. */
export const STATISTICS_EVERY_MS = 20_000;
/** How long the controller keeps it, milliseconds. */
export const STATISTICS_KEPT_MS = 3_600_000;

/** What a running machine has used since its process was started; null where its host cannot tell. Bytes, nanoseconds. */
export const machineStatisticsSchema = z.object({
  id: z.uuid(),
  cpuNanoseconds: count.nullable(),
  memory: z.object({
    /** Of the host. */
    residentBytes: count.nullable(),
    /** What the guest says of itself, by the balloon's driver: what it has, and what it could still give to programs. */
    guest: z.object({ totalBytes: count, availableBytes: count }).nullable(),
  }),
  /** Of all its disks. */
  disk: z.object({ readBytes: count, writtenBytes: count }),
  /** As the guest sees it. */
  network: z.object({ receivedBytes: count, sentBytes: count }).nullable(),
});
export type MachineStatistics = z.infer<typeof machineStatisticsSchema>;

const rate = z.number().min(0).nullable();

/** What a machine used between two looks at it; null where that is not known. */
export const statisticsPointSchema = z
  .object({
    at: z.number().meta({ description: 'Milliseconds since 1970.' }),
    cpu: rate.meta({ description: 'Processors at work, of those it has.' }),
    memoryBytes: rate.meta({ description: 'In use in the guest, where it says so; else what it takes of its host.' }),
    isGuestMemory: z.boolean(),
    diskRead: rate.meta({ description: 'Bytes a second, as those below.' }),
    diskWritten: rate,
    received: rate,
    sent: rate,
  })
  .meta({ title: 'StatisticsPoint' });
export type StatisticsPoint = z.infer<typeof statisticsPointSchema>;

export const serverStatisticsSchema = z
  .object({
    everySeconds: z.number(),
    vcpus: z.number(),
    memoryBytes: z.number(),
    points: z.array(statisticsPointSchema).meta({ description: 'Of the last hour, oldest first.' }),
  })
  .meta({ title: 'ServerStatistics' });
export type ServerStatistics = z.infer<typeof serverStatisticsSchema>;
