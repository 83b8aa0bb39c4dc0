import type { MachineNic, MachineStatus, PowerState } from '../contract/machine.ts';
import {
  flag,
  integer,
  json,
  nullable,
  type RecordOf,
  type RowOf,
  type RowsOf,
  sharedJson,
  table,
  text,
  textOf,
  time,
} from '../database/table.ts';
import type { BlockDevice } from './block-devices.ts';
import type { RequestedNetworks } from './collaborators.ts';
import type { InjectedFile } from './injected-files.ts';
import type { Placement } from './scheduler-hints.ts';
import type * as declared from './server.tables.ts';
import type { EmbeddedFlavor, ServerFault, TaskState, VmState } from './server.values.ts';

export const servers = table('compute_server', {
  id: text,
  name: text,
  description: nullable(text),
  projectId: text,
  userId: text,
  vmState: textOf<VmState>(),
  /** Null when nothing goes on. */
  taskState: nullable(textOf<TaskState>()),
  powerState: textOf<PowerState>(),
  /** {@link MachineStatus}'s, of the state that vmState, powerState and forwards show. */
  stateRevision: integer,
  hostId: nullable(text),
  /** Raised with every order to the host; see contract/agent.methods.ts. */
  generation: integer,
  flavor: sharedJson<EmbeddedFlavor>(),
  /** The flavor's, so that the database can add them up. */
  vcpus: integer,
  memoryMib: integer,
  /** What the scheduler claims: the root disk (or the image's size), ephemeral disk and swap. */
  diskGib: integer,
  imageId: nullable(text),
  /** That image's, as they were when the machine was made of it. */
  imageProperties: json<Record<string, string>>(),
  /** What it runs from while it is rescued. */
  rescueImageId: nullable(text),
  keyName: nullable(text),
  publicKey: nullable(text),
  /** Base64, as it was sent. */
  userData: nullable(text),
  /** Only until the machine is built: it travels on the config drive. */
  adminPass: nullable(text),
  configDrive: flag,
  /** Which of those that one request has launched, from 0, and what they are all called. */
  launchIndex: integer,
  reservationId: text,
  /** What its guest has encrypted for its owner; empty: nothing. */
  guestPassword: text,
  hostname: text,
  /** The disks that its launch named; none where it has those of its flavor. */
  blockDevices: json<BlockDevice[]>(),
  /** Files for its guest, of its launch or its last rebuild. */
  injectedFiles: json<InjectedFile[]>(),
  metadata: json<Record<string, string>>(),
  tags: json<string[]>(),
  lockedBy: nullable(textOf<'owner' | 'admin'>()),
  lockedReason: nullable(text),
  fault: nullable(json<ServerFault>()),
  forwards: json<MachineStatus['forwards']>(),
  /** As its host has placed them. */
  nics: json<MachineNic[]>(),
  /** The zone asked for (2.96 shows it as pinned); empty when none was. */
  availabilityZone: text,
  /** Of the hints of its launch, what holds also when it is placed again. */
  beside: json<Pick<Placement, 'sameHost' | 'differentHost'>>(),
  /** The server group it is in. */
  groupId: nullable(text),
  diskConfig: textOf<'MANUAL' | 'AUTO'>(),
  accessIpv4: text,
  accessIpv6: text,
  /** As given, kept for the build. */
  requestedNetworks: json<RequestedNetworks>(),
  createdAt: time,
  updatedAt: time,
  launchedAt: nullable(time),
  terminatedAt: nullable(time),
  /** Since when it waits to be deleted for good. */
  softDeletedAt: nullable(time),
  /** Since when it is shelved, and the image that it waits in. */
  shelvedAt: nullable(time),
  shelvedImageId: nullable(text),
  /** Its `generation` as it ran and its host went down; another one means that somebody has ordered something since. */
  interruptedGeneration: nullable(integer),
  deletedAt: nullable(time),
});
export type ServerRecord = RecordOf<typeof servers>;
export type ServerRow = RowOf<typeof servers>;

export const serverActions = table('compute_server_action', {
  requestId: text,
  serverId: text,
  action: text,
  userId: nullable(text),
  projectId: nullable(text),
  message: nullable(text),
  startedAt: time,
  updatedAt: time,
});
export type ServerActionRecord = RecordOf<typeof serverActions>;

export const serverActionEvents = table('compute_server_action_event', {
  requestId: text,
  serverId: text,
  event: text,
  startedAt: time,
  finishedAt: nullable(time),
  result: nullable(text),
  details: nullable(text),
});
export type ServerActionEventRecord = RecordOf<typeof serverActionEvents>;

declare module '../database/tables.ts' {
  interface Tables extends RowsOf<typeof declared> {}
}
