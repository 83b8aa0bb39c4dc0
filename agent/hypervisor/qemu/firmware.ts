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

/** The same with Microsoft's keys, for boards whose firmware is kept from the guest by SMM. */
const SECURE_PLACES = [
  { code: '/usr/share/OVMF/OVMF_CODE_4M.secboot.fd', variables: '/usr/share/OVMF/OVMF_VARS_4M.ms.fd' },
  { code: '/usr/share/edk2/ovmf/OVMF_CODE.secboot.fd', variables: '/usr/share/edk2/ovmf/OVMF_VARS.secboot.fd' },
  { code: '/usr/share/qemu/ovmf-x86_64-smm-ms-code.bin', variables: '/usr/share/qemu/ovmf-x86_64-smm-ms-vars.bin' },
];

export interface Firmware {
  code: string;
  /** To be copied for each machine. */
  variables: string;
}

/** `isSecure`: it starts only what is signed. */
export async function findFirmware(isSecure = false): Promise<Firmware | null> {
  for (const place of isSecure ? SECURE_PLACES : PLACES) {
    if ((await exists(place.code)) && (await exists(place.variables))) return place;
  }
  return null;
}

export async function requireFirmware(isSecure = false): Promise<Firmware> {
  const firmware = await findFirmware(isSecure);
  if (firmware !== null) return firmware;
  if (isSecure) {
    throw new OperationalError('hypervisor_failed', 'hypervisor', 'This host has no UEFI firmware with secure boot.', {
      hint: 'Install it (on Debian and Ubuntu: apt-get install -y ovmf), or pick an image without os_secure_boot.',
    });
  }
  throw new OperationalError('hypervisor_failed', 'hypervisor', 'This host has no UEFI firmware for guests.', {
    hint: 'Install it (on Debian and Ubuntu: apt-get install -y ovmf), or pick an image that starts with BIOS.',
  });
}

export async function findFirmwareCode(isSecure = false): Promise<string> {
  return (await requireFirmware(isSecure)).code;
}
