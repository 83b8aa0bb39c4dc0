import { useTranslation } from 'react-i18next';
import { useHosts } from '../../kernel/use-hosts.ts';
import type { DetectedFormat } from './disk-format.ts';

/** Where the format is known from, and whether a machine could start from it here. */
export function FormatHint({ detected, chosen }: { detected: DetectedFormat | null; chosen: string }) {
  const { t } = useTranslation('images');
  const hosts = useHosts().data ?? [];
  const facts = hosts.flatMap((host) => (host.facts ? [host.facts] : []));
  const runsSomewhere = facts.some((each) => each.capabilities.includes(`disk-format:${chosen}`));
  if (facts.length > 0 && !runsSomewhere) return t('formatHint.noHost', { format: chosen });
  if (detected === null) return t('formatHint.unknown');
  if (detected.by === 'content' && !isTakenAs(detected, chosen)) {
    return t('formatHint.differs', { format: detected.foreign ?? detected.format });
  }
  return t(`formatHint.${detected.by}`);
}

/** An ISO may be declared raw: many are disks as well. */
function isTakenAs(detected: DetectedFormat, chosen: string): boolean {
  if (detected.foreign !== null) return false;
  return detected.format === chosen || (detected.format === 'iso' && chosen === 'raw');
}
