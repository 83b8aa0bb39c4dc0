import type { HostFacts, PreflightCheck } from '../../../app/contract/host.ts';
import { formatBytes, GIB, MIB } from '../../design/byte-size.ts';
import type { StateTone } from '../../design/StateBadge.tsx';
import { optionalText, t } from '../../i18n/i18n.ts';

export const CHECK_TONES: Record<PreflightCheck['state'], StateTone> = {
  ok: 'running',
  warning: 'warning',
  failed: 'failed',
};

/** The name of what was checked; one this version does not know reads as it is named. */
export function describeCheck(check: PreflightCheck): string {
  return optionalText(`hosts:check.${check.id}`, check.id);
}

/** The measured fact in the language at hand, where the host's figures say the same; else in the agent's words. */
export function describeFact(check: PreflightCheck, facts: HostFacts): string {
  switch (check.id) {
    case 'hypervisor':
      return facts.hypervisorVersion && facts.hypervisorType === 'qemu'
        ? `QEMU ${facts.hypervisorVersion}`
        : check.fact;
    case 'acceleration':
      return facts.accelerator ? optionalText(`hosts:accelerator.${facts.accelerator}`, check.fact) : check.fact;
    case 'memory':
      return t('hosts:freeOf', {
        free: formatBytes(facts.memoryFreeMib * MIB),
        all: formatBytes(facts.memoryMib * MIB),
      });
    case 'disk':
      return t('hosts:freeOf', { free: formatBytes(facts.diskFreeGib * GIB), all: formatBytes(facts.diskGib * GIB) });
    case 'rights':
      return check.state === 'ok' ? t('hosts:rightsOk') : check.fact;
    case 'network':
      return check.state === 'failed' ? check.fact : t(`hosts:isolation.${check.state}`);
    case 'metadata':
      return check.state === 'failed' ? check.fact : t(`hosts:metadata.${check.state}`);
    default:
      return check.fact;
  }
}

/** What a shortcoming means and what to do; null when all is well. */
export function describeHint(check: PreflightCheck): string | null {
  if (check.state === 'ok') return null;
  const known = optionalText(`hosts:hint.${check.id}.${check.state}`, '');
  return known === '' ? check.hint : known;
}

/** What the agent says beyond our own words: why a probe failed, which folder is meant. */
export function agentDetail(check: PreflightCheck): string | null {
  return check.state !== 'ok' && check.hint !== null && check.hint !== describeHint(check) ? check.hint : null;
}

export interface CheckCounts {
  failed: number;
  warnings: number;
}

export function countChecks(facts: Pick<HostFacts, 'preflight'> | null): CheckCounts {
  const preflight = facts?.preflight ?? [];
  return {
    failed: preflight.filter((check) => check.state === 'failed').length,
    warnings: preflight.filter((check) => check.state === 'warning').length,
  };
}
