import { randomUUID } from 'node:crypto';
import { z } from 'zod';
import { UserError } from '../../contract/errors.ts';
import { MEMBER } from '../../policy/base.policy.ts';
import type { Amounts } from '../../quota/quota.service.ts';
import { flavorsFor } from '../flavor.service.ts';
import type { FlavorRecord } from '../flavor.tables.ts';
import { askedHardware } from '../hardware/asked-hardware.ts';
import { hostWishes } from '../hardware/eligible-hosts.ts';
import { diskConfigField, referenceField } from '../request-field.schema.ts';
import type { ServerRecord } from '../server.tables.ts';
import type { EmbeddedFlavor } from '../server.values.ts';
import { assertFits, embedFlavor } from '../server-request.ts';
import { settleResize } from '../server-task.parts.ts';
import { resizeTask } from './resize.task.ts';
import { type PrepareRequest, type TaskVerb, taskVerb } from './verb.ts';

/** Another flavor, until it is confirmed with the way back to the one of before. */
export const resize: TaskVerb = taskVerb({
  name: 'resize',
  action: 'resize',
  rule: 'os_compute_api:servers:resize',
  who: MEMBER,
  value: z.strictObject({ flavorRef: referenceField, 'OS-DCF:diskConfig': diskConfigField.optional() }),
  notification: 'resize',
  event: 'conductor_migrate_server',
  asked: () => ({ allowed: { vm: ['active', 'stopped'] }, taskState: 'resize_prep' }),
  prepare: async (request, value) => {
    const { context, server, trx, parts } = request;
    const flavor = await flavorAsked(request, value.flavorRef);
    await parts.quota.check(trx, ownerOf(server), moreThan(server.flavor, flavor));
    await assertImageFits(request, flavor);
    assertHardwareFits(server, flavor);
    await settleResize(parts, trx, server.id);
    const uuid = randomUUID();
    const hostId = server.hostId ?? '';
    await parts.migrations.insert(trx, {
      ...{ uuid, serverId: server.id, projectId: context.projectId ?? server.projectId, userId: context.userId ?? '' },
      ...{ type: 'resize', status: 'pre-migrating', sourceHost: hostId, destHost: hostId },
      ...{ oldFlavor: server.flavor, newFlavor: embedFlavor(flavor), oldVmState: server.vmState },
      ...{ oldDiskGib: server.diskGib, newDiskGib: diskOf(server, flavor) },
    });
    return {
      changes: {
        ...countedAs(server, flavor),
        ...(value['OS-DCF:diskConfig'] !== undefined && { diskConfig: value['OS-DCF:diskConfig'] }),
      },
      args: { hostId, migration: uuid, wasOn: server.vmState === 'active' },
    };
  },
  keepsSnapshot: () => false,
  task: (parts) => resizeTask(parts, resize),
  offers: [{ name: 'resize', asks: 'flavorRef', group: 'edit', bulk: 'menu', confirms: 'each' }],
});

async function flavorAsked({ context, server, trx, parts }: PrepareRequest, id: string): Promise<FlavorRecord> {
  const refused = (message: string) => new UserError('bad_request', message, { field: 'resize.flavorRef' });
  const flavor = await parts.flavors.records.find(id, trx, flavorsFor(context));
  if (!flavor || flavor.isDisabled) throw refused(`Flavor ${id} could not be found.`);
  if (flavor.disk === 0 && server.flavor.disk !== 0) {
    throw refused('Server disk was unable to be resized because: Resize to zero disk flavor is not allowed.');
  }
  if (flavor.id === server.flavor.id) throw refused('When resizing, instances must change flavor!');
  return flavor;
}

/** Of an image that is gone by now nothing is known; the machine has its disk all the same. */
async function assertImageFits({ context, server, parts, trx }: PrepareRequest, flavor: FlavorRecord): Promise<void> {
  const image = await parts.images
    .imageForLaunch(context, server.imageId ?? '', { query: trx })
    .catch((error: unknown) => {
      if (error instanceof UserError) return null;
      throw error;
    });
  if (image) assertFits(flavor, image, 'resize.flavorRef');
}

/** Refuses what no host does, and what is only decided when a machine is made. */
function assertHardwareFits({ flavor: before, imageProperties: properties }: ServerRecord, flavor: FlavorRecord): void {
  const after = { flavor: embedFlavor(flavor), properties };
  askedHardware(after);
  hostWishes(after);
  const secureBoot = ({ extra_specs }: EmbeddedFlavor) =>
    extra_specs['os:secure_boot'] ?? properties.os_secure_boot ?? 'disabled';
  if (secureBoot(after.flavor) === secureBoot(before)) return;
  throw new UserError(
    'bad_request',
    `Flavor ${flavor.id} wants another os:secure_boot than the server was made with.`,
    {
      field: 'resize.flavorRef',
      hint: 'Pick a flavor that wants the same, or make a server of it.',
    },
  );
}

/** GiB; a root disk of 0 keeps the image's own size. */
function diskOf({ flavor: before, diskGib }: ServerRecord, flavor: FlavorRecord): number {
  const swapOf = ({ swap }: { swap: number }) => Math.ceil(swap / 1024);
  const root = flavor.disk > 0 ? flavor.disk : diskGib - before.ephemeral - swapOf(before);
  return root + flavor.ephemeral + swapOf(flavor);
}

interface Sized {
  readonly vcpus: number;
  readonly ram: number;
}

/** The greater of both, while it is on its way from one to the other. */
export function countedAs({ flavor }: ServerRecord, other: Sized): { vcpus: number; memoryMib: number } {
  return { vcpus: Math.max(flavor.vcpus, other.vcpus), memoryMib: Math.max(flavor.ram, other.ram) };
}

/** Only what rises is asked for, as in Nova: what is over its limit already may come down. */
export function moreThan(before: Sized, after: Sized): Amounts {
  const [cores, ram] = [after.vcpus - before.vcpus, after.ram - before.ram];
  return { ...(cores > 0 && { cores }), ...(ram > 0 && { ram }) };
}

export function ownerOf({ projectId, userId }: ServerRecord): { projectId: string; userId: string } {
  return { projectId, userId };
}
