import { IconLock } from '@tabler/icons-react';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import type { RuleName } from '../../app/contract/generated/rules.ts';
import { EmptyState } from '../design/EmptyState.tsx';
import { mayDo } from './rights.ts';
import { useCurrentUser } from './use-current-user.ts';

/** What only some may use: the others are told what they lack instead of being refused later. */
export function NeedsRight({ rule, title, children }: { rule: RuleName; title: string; children: ReactNode }) {
  const { t } = useTranslation('session');
  const right = mayDo(rule, useCurrentUser());
  if (right.allowed) return children;
  return (
    <EmptyState
      icon={<IconLock size={32} stroke={1.5} />}
      title={title}
      text={t('reason.ask', { reason: right.reason })}
    />
  );
}
