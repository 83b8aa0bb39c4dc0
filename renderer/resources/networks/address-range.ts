import { t } from '../../i18n/i18n.ts';

/** The parts of an IPv4 address, or null. */
function parse(address: string): number[] | null {
  const parts = address.split('.').map((part) => (/^\d{1,3}$/.test(part) ? Number(part) : -1));
  return parts.length === 4 && parts.every((part) => part >= 0 && part <= 255) ? parts : null;
}

export function addressProblem(address: string): string | null {
  return parse(address.trim()) ? null : t('networks:problem.address');
}

/** Of a hardware address: its form, and that it is one card's. */
export function macProblem(address: string): string | null {
  return /^[0-9a-f][02468ace](:[0-9a-f]{2}){5}$/i.test(address.trim()) ? null : t('networks:problem.mac');
}

/** Of a range such as 192.168.10.0/24: its form, its width, and that it begins where it says. The API checks the rest. */
export function rangeProblem(cidr: string): string | null {
  const [address = '', bits = '', ...more] = cidr.trim().split('/');
  const parts = parse(address);
  if (!parts || more.length > 0 || !/^\d{1,2}$/.test(bits)) return t('networks:problem.range');
  const width = Number(bits);
  if (width < 8 || width > 30) return t('networks:problem.rangeWidth');
  const start = parts.map((part, index) => part & (0xff << Math.min(8, Math.max(0, 8 * (index + 1) - width))) & 0xff);
  if (start.join('.') === parts.join('.')) return null;
  return t('networks:problem.rangeStart', { range: `${start.join('.')}/${width}` });
}
