import type { PreflightCheck } from '../../app/contract/host.ts';
import type { HostSize } from '../hypervisor/driver.ts';

/** Below this not even the small built-in guest runs beside everything else. MiB. */
const MEMORY_FAILED_MIB = 256;
/** Below this a usual cloud image with a desktop open is tight. MiB. */
const MEMORY_WARNING_MIB = 2048;
/** An image and the disk of one machine. GiB. */
const DISK_FAILED_GIB = 1;
const DISK_WARNING_GIB = 10;

export function checkMemory(size: Pick<HostSize, 'memoryMib' | 'memoryFreeMib'>): PreflightCheck {
  const fact = `${size.memoryFreeMib} MiB free of ${size.memoryMib} MiB`;
  const check = { id: 'memory', fact, fixCommand: null };
  if (size.memoryFreeMib < MEMORY_FAILED_MIB) {
    return { ...check, state: 'failed', hint: 'Too little for any machine: close other programs or stop machines.' };
  }
  if (size.memoryFreeMib < MEMORY_WARNING_MIB) {
    return {
      ...check,
      state: 'warning',
      hint: 'Enough for small machines only: close other programs for larger ones.',
    };
  }
  return { ...check, state: 'ok', hint: null };
}

export function checkDisk(size: Pick<HostSize, 'diskGib' | 'diskFreeGib'>, folder: string): PreflightCheck {
  const fact = `${size.diskFreeGib} GiB free of ${size.diskGib} GiB`;
  const check = { id: 'disk', fact, fixCommand: null };
  const where = `on the disk that holds ${folder}`;
  if (size.diskFreeGib < DISK_FAILED_GIB) {
    return { ...check, state: 'failed', hint: `Too little for any machine: free some space ${where}.` };
  }
  if (size.diskFreeGib < DISK_WARNING_GIB) {
    return { ...check, state: 'warning', hint: `Enough for small images only: free some space ${where}.` };
  }
  return { ...check, state: 'ok', hint: null };
}
