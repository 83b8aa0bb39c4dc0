import { numberFormat } from '../i18n/formatters.ts';

const UNITS = ['B', 'KiB', 'MiB', 'GiB', 'TiB', 'PiB'] as const;

/** `1.4 GiB`: binary units, three figures at most. */
export function formatBytes(bytes: number): string {
  const exponent = bytes < 1 ? 0 : Math.min(Math.floor(Math.log2(bytes) / 10), UNITS.length - 1);
  const value = bytes / 1024 ** exponent;
  const digits = exponent === 0 || value >= 100 ? 0 : value >= 10 ? 1 : 2;
  const text = numberFormat({ maximumFractionDigits: digits }).format(value);
  return `${text} ${UNITS[exponent]}`;
}

export const MIB = 1024 ** 2;
export const GIB = 1024 ** 3;

/** Memory of a flavor, given in MiB. */
export function formatMemory(mib: number): string {
  return mib >= 1024 ? `${Math.round((mib / 1024) * 10) / 10} GiB` : `${mib} MiB`;
}
