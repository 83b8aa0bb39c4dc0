import { Checkbox } from '@mantine/core';
import { useQueries } from '@tanstack/react-query';
import { type ReactNode, useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { MachineHardware } from '../../../../app/contract/machine-hardware.ts';
import type { ServerView } from '../../../../app/contract/openstack.ts';
import { SAFETY_DAYS } from '../../../../app/contract/safety.ts';
import { getServerHardware } from '../../../api/compute.api.ts';
import { keys } from '../../../api/query-keys.ts';
import { formatBytes, MIB } from '../../../design/byte-size.ts';
import { formatDuration } from '../../../design/duration.ts';
import { tightest } from '../../../kernel/tightest-bound.ts';
import { useOwnBounds } from '../../../kernel/use-own-bounds.ts';

/** Of more machines nobody is asked how large their disks are. */
const MOST_ASKED = 8;
/** A snapshot of 1 GiB takes some 14 s (`bench/`). */
const BYTES_A_SECOND = 75 * MIB;
/** The least that is promised, seconds. */
const LEAST_SECONDS = 5;

/** Whether a verb waits for a snapshot of these machines, and the box that says so and what that costs. */
export function useSafety(servers: readonly ServerView[]): { isSafe: boolean; choice: ReactNode } {
  const { t } = useTranslation('machines');
  const [chosen, setChosen] = useState<boolean | null>(null);
  const asked = servers.length > MOST_ASKED ? [] : servers;
  const answers = useQueries({
    queries: asked.map(({ id }) => ({
      queryKey: keys.servers.hardware(id),
      queryFn: ({ signal }: { signal: AbortSignal }) => getServerHardware(id, signal),
      retry: false,
    })),
  });
  const bounds = useOwnBounds();
  const known = answers.flatMap(({ data }) => data ?? []);
  const sizes = known.map(snapshotBytes);
  const bytes = known.length < servers.length ? null : sizes.reduce<number>((sum, size) => sum + (size ?? 0), 0);
  const hasRoom = ['images', 'image_size_total'].every((name) => {
    const bound = tightest(bounds, name);
    const wanted = name === 'images' ? servers.length : Math.ceil((bytes ?? 0) / MIB);
    return !bound || bound.used + wanted <= bound.limit;
  });
  const hasNoDisk = sizes.includes(null);
  const isSafe = !hasNoDisk && (chosen ?? hasRoom);
  const cost = (): string => {
    if (hasNoDisk) return t('safety.noDisk');
    if (!hasRoom) return t('safety.noRoom');
    if (bytes === null) return t('safety.cost', { days: SAFETY_DAYS });
    const seconds = Math.max(LEAST_SECONDS, bytes / BYTES_A_SECOND);
    return t('safety.costOf', { size: formatBytes(bytes), time: formatDuration(seconds), days: SAFETY_DAYS });
  };
  const choice = (
    <Checkbox
      label={t('safety.first')}
      description={cost()}
      checked={isSafe}
      disabled={hasNoDisk}
      onChange={(event) => setChosen(event.currentTarget.checked)}
    />
  );
  return { isSafe, choice };
}

/** At most: what was written, and what of its image shows through. Null without a disk of its own. */
function snapshotBytes({ disks }: MachineHardware): number | null {
  const root = disks.find(({ role }) => role === 'root');
  if (!root) return null;
  const all = (root.usedBytes ?? 0) + (root.imageBytes ?? 0);
  return Math.min(all, root.sizeBytes ?? all);
}
