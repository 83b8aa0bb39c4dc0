import { Button, Group } from '@mantine/core';
import { IconFolder } from '@tabler/icons-react';
import { useTranslation } from 'react-i18next';
import { EmptyState } from '../design/EmptyState.tsx';
import { LinkButton } from '../design/LinkButton.tsx';
import { notifyError } from '../design/notify.tsx';
import { switchScope } from '../session/switch-scope.ts';
import { useCurrentUser } from '../session/use-current-user.ts';
import { useOwnScopes } from '../session/use-own-scopes.ts';
import { useScopeName } from '../session/use-scope-name.ts';
import { navigationFor } from './navigation.ts';

/** So many projects are offered; the others are in the switcher. */
const OFFERED = 5;

/** A page that has nothing to show where one works now: which projects have it, and what there is here. */
export function ElsewherePage({ page }: { page: string }) {
  const { t } = useTranslation('shell');
  const scope = useScopeName();
  const projects = (useOwnScopes(true).data ?? []).filter(({ kind }) => kind === 'project').slice(0, OFFERED);
  const [first] = navigationFor(useCurrentUser());
  return (
    <EmptyState
      icon={<IconFolder size={32} stroke={1.5} />}
      title={t('elsewhere.title', { page })}
      text={t(projects.length > 0 ? 'elsewhere.text' : 'elsewhere.noProject', { scope })}
      action={
        <Group gap={8} justify="center">
          {projects.map((choice) => (
            <Button
              key={choice.key}
              onClick={() =>
                void switchScope(choice.scope).catch((error: unknown) => notifyError(error, t('scope.failed')))
              }
            >
              {t('elsewhere.workIn', { project: choice.name })}
            </Button>
          ))}
          {first && (
            <LinkButton to={first.to} variant="default">
              {t('elsewhere.instead', { page: first.label() })}
            </LinkButton>
          )}
        </Group>
      }
    />
  );
}
