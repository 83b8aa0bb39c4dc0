export const VM_STATES = [
  'building',
  'active',
  'stopped',
  'paused',
  'suspended',
  'rescued',
  'shelved',
  'shelved_offloaded',
  'resized',
  'error',
  'soft-delete',
  'deleted',
] as const;
export type VmState = (typeof VM_STATES)[number];

/** Nova's names of what goes on with a server right now. */
export const TASK_STATES = [
  'scheduling',
  'networking',
  'spawning',
  'powering-off',
  'powering-on',
  'rebooting',
  'rebooting_hard',
  'pausing',
  'unpausing',
  'suspending',
  'resuming',
  'rebuilding',
  'rebuild_block_device_mapping',
  'rebuild_spawning',
  'rescuing',
  'unrescuing',
  'resize_prep',
  'resize_migrating',
  'resize_migrated',
  'resize_finish',
  'resize_reverting',
  'soft-deleting',
  'restoring',
  'image_snapshot_pending',
  'image_snapshot',
  'image_pending_upload',
  'image_uploading',
  'image_backup',
  'shelving',
  'shelving_image_pending_upload',
  'shelving_image_uploading',
  'shelving_offloading',
  'unshelving',
  'deleting',
] as const;
export type TaskState = (typeof TASK_STATES)[number];

/** The flavor as it was when the server was made. */
export interface EmbeddedFlavor {
  id: string;
  name: string;
  vcpus: number;
  ram: number;
  disk: number;
  ephemeral: number;
  swap: number;
  extra_specs: Record<string, string>;
}

export interface ServerFault {
  code: number;
  message: string;
  created: string;
  details?: string | undefined;
}
