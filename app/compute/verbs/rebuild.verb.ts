import { z } from 'zod';
import { UserError } from '../../contract/errors.ts';
import type { Microversion } from '../../http/microversion.ts';
import { MEMBER } from '../../policy/base.policy.ts';
import { randomPassword } from '../../random-password.ts';
import { assertInjectedFiles, personalityField } from '../injected-files.ts';
import { keypairsOf } from '../keypair.resource.ts';
import { claimedGib, needsConfigDrive, requirementsOf } from '../machine-spec.ts';
import {
  accessIpv4Field,
  accessIpv6Field,
  booleanField,
  descriptionField,
  diskConfigField,
  fqdnField,
  hostnameField,
  metadataField,
  nameField,
  userDataField,
} from '../request-field.schema.ts';
import { rebuiltView, serverLinks, viewFrame } from '../server.view.ts';
import { assertFits, PASSWORD_LENGTH } from '../server-request.ts';
import { rebuildTask } from './rebuild.tasks.ts';
import { type Prepared, type PrepareRequest, type TaskVerb, taskVerb } from './verb.ts';

const FIELDS = {
  imageRef: z.uuid(),
  name: nameField.optional(),
  adminPass: z.string().max(255).optional(),
  metadata: metadataField.optional(),
  preserve_ephemeral: booleanField.optional(),
  'OS-DCF:diskConfig': diskConfigField.optional(),
  accessIPv4: accessIpv4Field.optional(),
  accessIPv6: accessIpv6Field.optional(),
};
/** Fields that only some microversions have. */
const LATER_FIELDS = {
  personality: personalityField.optional(),
  description: descriptionField.optional(),
  key_name: z.string().min(1).max(255).nullable().optional(),
  user_data: userDataField.nullable().optional(),
  trusted_image_certificates: z.array(z.string()).nullable().optional(),
  hostname: fqdnField.optional(),
};
const anyValue = z.strictObject({ ...FIELDS, ...LATER_FIELDS });
type RebuildValue = z.infer<typeof anyValue>;

function rebuildValue(version: Microversion): z.ZodType<RebuildValue> {
  const { personality, description, key_name, user_data, trusted_image_certificates, hostname } = LATER_FIELDS;
  return z.strictObject({
    ...FIELDS,
    ...(version < 57 && { personality }),
    ...(version >= 19 && { description }),
    ...(version >= 54 && { key_name }),
    ...(version >= 57 && { user_data }),
    ...(version >= 63 && { trusted_image_certificates }),
    ...(version >= 90 && { hostname: version >= 94 ? hostname : hostnameField.optional() }),
  }) as unknown as z.ZodType<RebuildValue>;
}

/** New disks from an image, the same one or another; what was on those it has is lost. Address, size and host stay. */
export const rebuild: TaskVerb = taskVerb<RebuildValue>({
  name: 'rebuild',
  action: 'rebuild',
  rule: 'os_compute_api:servers:rebuild',
  who: MEMBER,
  value: rebuildValue,
  notification: 'rebuild',
  asked: () => ({ allowed: { vm: ['active', 'stopped', 'error'] }, taskState: 'rebuilding' }),
  prepare,
  keepsSnapshot: ({ isRebuilt }) => isRebuilt === true,
  task: (parts) => rebuildTask(parts, rebuild),
  offers: [
    {
      ...{ name: 'rebuild', asks: 'imageRef', group: 'repair', bulk: 'menu', confirms: 'each', isDangerous: true },
      value: {} as RebuildValue,
    },
  ],
});

async function prepare(request: PrepareRequest, value: RebuildValue): Promise<Prepared> {
  const { context, server, trx, parts } = request;
  refuseMissingFeatures(value);
  const image = await parts.images.imageForLaunch(context, value.imageRef, { field: 'rebuild.imageRef', query: trx });
  // Refuses formats no machine starts from, and what no host does.
  requirementsOf(server.flavor, image);
  assertFits(server.flavor, image, 'rebuild.imageRef');
  const { projectId, userId } = server;
  const metadata = Object.keys(value.metadata ?? {}).length;
  await parts.quota.check(trx, { projectId, userId }, { metadata_items: metadata });
  const injectedFiles = value.personality ?? [];
  await assertInjectedFiles(trx, parts.quota, { projectId, userId }, injectedFiles);
  const adminPass = value.adminPass ?? randomPassword(PASSWORD_LENGTH);
  const diskGib = claimedGib(server.flavor, image.virtualSize);
  await parts.claims.changeDisk(trx, server.id, diskGib);
  const { imageId, imageProperties, keyName, publicKey, userData, configDrive } = server;
  return {
    changes: {
      ...{ ...changesOf(value), ...(await keyOf(request, value)) },
      ...{
        imageId: image.id,
        imageProperties: image.properties,
        injectedFiles,
        adminPass,
        diskGib,
        configDrive: configDrive || needsConfigDrive(image),
      },
    },
    args: {
      hostId: server.hostId,
      keepsEphemeral: value.preserve_ephemeral ?? false,
      starts: server.vmState !== 'stopped',
      wasRunning: server.powerState === 'RUNNING',
      before: {
        ...{ imageId, imageProperties, keyName, publicKey, userData, configDrive },
        ...{ injectedFiles: server.injectedFiles, diskGib: server.diskGib },
      },
    },
    answer: async () => {
      const after = await parts.server.get(context, server.id);
      const addresses = (await parts.networks.addressesOf([server.id])).get(server.id) ?? {};
      const view = rebuiltView(viewFrame(parts, request), after, addresses, adminPass);
      request.reply.code(202).header('location', serverLinks(request.origin, server.id)[0]?.href ?? '');
      return await request.reply.send({ server: view });
    },
  };
}

function refuseMissingFeatures({ trusted_image_certificates }: RebuildValue): void {
  if (trusted_image_certificates?.length) {
    throw refused('trusted_image_certificates', 'Certificate validation of images is not available.');
  }
}

function changesOf(value: RebuildValue): Prepared['changes'] {
  const { name, description, metadata, hostname, user_data: userData, accessIPv4, accessIPv6 } = value;
  const diskConfig = value['OS-DCF:diskConfig'];
  return {
    ...(name !== undefined && { name }),
    ...(description !== undefined && { description }),
    ...(metadata !== undefined && { metadata }),
    ...(hostname !== undefined && { hostname }),
    ...(userData !== undefined && { userData }),
    ...(accessIPv4 !== undefined && { accessIpv4: accessIPv4 }),
    ...(accessIPv6 !== undefined && { accessIpv6: accessIPv6 }),
    ...(diskConfig !== undefined && { diskConfig }),
  };
}

/** Of whoever asks, as in Nova: keys are people's, servers projects'. */
async function keyOf({ context, parts, trx }: PrepareRequest, { key_name: keyName }: RebuildValue) {
  if (keyName === undefined) return {};
  if (keyName === null) return { keyName: null, publicKey: null };
  const key = await parts.keypairs.find(keyName, trx, keypairsOf({ userId: context.userId ?? '' }));
  if (!key) throw new UserError('bad_request', 'Invalid key_name provided.', { field: 'rebuild.key_name' });
  return { keyName, publicKey: key.publicKey };
}

function refused(field: string, why: string): UserError {
  const named = `rebuild.${field}`;
  return new UserError('bad_request', `Invalid input for field/attribute ${named}. ${why}`, { field: named });
}
