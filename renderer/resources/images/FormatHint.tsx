import { useTranslation } from 'react-i18next';
import { useHosts } from '../hosts/hooks/use-hosts.ts';
import type { DetectedFormat } from './disk-format.ts';

/** Where the format is known from, and whether a machine could start from it here. */
export function FormatHint({ detected, chosen }: { detected: DetectedFormat | null; chosen: string }) {
  const { t } = useTranslation('images');
  const hosts = useHosts().data ?? [];
  const facts = hosts.flatMap((host) => (host.facts ? [host.facts] : []));
  const runsSomewhere = facts.some((each) => each.capabilities.includes(`disk-format:${chosen}`));
  if (facts.length > 0 && !runsSomewhere) return t('formatHint.noHost', { format: chosen });
  if (detected === null) return t('formatHint.unknown');
  if (detected.format !== chosen && detected.by === 'content') {
    return t('formatHint.differs', { format: detected.format });
  }
  return t(`formatHint.${detected.by}`);
}
