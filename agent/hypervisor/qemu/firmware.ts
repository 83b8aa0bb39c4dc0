import { OperationalError } from '../../../app/contract/errors.ts';
import { exists } from '../../file-exists.ts';

/** Where distributions and Homebrew put OVMF: code, and the variables a new machine begins with. */
const PLACES = [
  { code: '/usr/share/OVMF/OVMF_CODE_4M.fd', variables: '/usr/share/OVMF/OVMF_VARS_4M.fd' },
  { code: '/usr/share/edk2/ovmf/OVMF_CODE.fd', variables: '/usr/share/edk2/ovmf/OVMF_VARS.fd' },
  { code: '/usr/share/edk2/x64/OVMF_CODE.4m.fd', variables: '/usr/share/edk2/x64/OVMF_VARS.4m.fd' },
  { code: '/usr/share/qemu/ovmf-x86_64-code.bin', variables: '/usr/share/qemu/ovmf-x86_64-vars.bin' },
  { code: '/usr/share/OVMF/OVMF_CODE.fd', variables: '/usr/share/OVMF/OVMF_VARS.fd' },
  { code: '/opt/homebrew/share/qemu/edk2-x86_64-code.fd', variables: '/opt/homebrew/share/qemu/edk2-i386-vars.fd' },
  { code: '/usr/local/share/qemu/edk2-x86_64-code.fd', variables: '/usr/local/share/qemu/edk2-i386-vars.fd' },
];

export interface Firmware {
  code: string;
  /** To be copied for each machine. */
  variables: string;
}

export async function findFirmware(): Promise<Firmware | null> {
  for (const place of PLACES) {
    if ((await exists(place.code)) && (await exists(place.variables))) return place;
  }
  return null;
}

export async function requireFirmware(): Promise<Firmware> {
  const firmware = await findFirmware();
  if (firmware !== null) return firmware;
  throw new OperationalError('hypervisor_failed', 'hypervisor', 'This host has no UEFI firmware for guests.', {
    hint: 'Install it (on Debian and Ubuntu: apt-get install -y ovmf), or pick an image that starts with BIOS.',
  });
}

export async function findFirmwareCode(): Promise<string> {
  return (await requireFirmware()).code;
}
