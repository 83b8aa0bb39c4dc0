import {
  type Icon,
  IconBrandDebian,
  IconBrandRedhat,
  IconBrandUbuntu,
  IconBrandWindows,
  IconCloud,
  IconDeviceDesktop,
  IconDisc,
  IconMountain,
} from '@tabler/icons-react';

const ICONS: [word: RegExp, icon: Icon][] = [
  [/debian/i, IconBrandDebian],
  [/ubuntu/i, IconBrandUbuntu],
  [/fedora|centos|rhel|red ?hat|rocky|alma/i, IconBrandRedhat],
  [/windows/i, IconBrandWindows],
  [/alpine/i, IconMountain],
  [/cumulet|cirros/i, IconCloud],
];

/** What an image or catalogue entry says of its system. */
export interface OsHints {
  name?: string | null;
  family?: string;
  os_distro?: unknown;
  disk_format?: string | null;
  [property: string]: unknown;
}

export function osIconOf(hints: OsHints | undefined): Icon {
  if (!hints) return IconDeviceDesktop;
  const words = [hints.family, hints.os_distro, hints.name].filter((word) => typeof word === 'string').join(' ');
  const known = ICONS.find(([word]) => word.test(words))?.[1];
  return known ?? (hints.disk_format === 'iso' ? IconDisc : IconDeviceDesktop);
}

/** The system on a machine or image, as far as its image tells. */
export function OsIcon({ of: hints, size = 16 }: { of: OsHints | undefined; size?: number }) {
  const Shown = osIconOf(hints);
  return <Shown size={size} stroke={1.5} aria-hidden="true" style={{ flex: 'none', color: 'var(--text-muted)' }} />;
}
