import { Menu, useMantineColorScheme } from '@mantine/core';
import {
  IconCheck,
  IconDeviceDesktop,
  IconKeyboard,
  IconLogout,
  IconMap2,
  IconMoon,
  IconSelector,
  IconSun,
} from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { useNavigate } from '@tanstack/react-router';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { listOwnProjects, revokeToken, scopeToProject } from '../api/identity.api.ts';
import { keys } from '../api/query-keys.ts';
import { beginSession, endSession, readSession } from '../api/session.ts';
import { notifyError } from '../design/notify.tsx';
import { LANGUAGES, type Language, switchLanguage } from '../i18n/i18n.ts';
import { useCurrentUser } from '../session/use-current-user.ts';
import classes from './frame.module.css';
import { showShortcuts } from './ShortcutOverlay.tsx';

const SCHEMES = [
  { scheme: 'auto', text: 'theme.auto', icon: IconDeviceDesktop },
  { scheme: 'light', text: 'theme.light', icon: IconSun },
  { scheme: 'dark', text: 'theme.dark', icon: IconMoon },
] as const;

export async function signOut(): Promise<void> {
  const session = readSession();
  endSession('signed-out');
  // The token dies on the controller too; that it could not be told is no reason to stay signed in.
  if (session) await revokeToken(session.token).catch(() => undefined);
}

/** Who and where one is; language, theme, help and the way out. */
export function AccountMenu() {
  const { t, i18n } = useTranslation('shell');
  const user = useCurrentUser();
  const { colorScheme, setColorScheme } = useMantineColorScheme();
  const navigate = useNavigate();
  const [isOpen, setOpen] = useState(false);
  const projects = useQuery({
    queryKey: keys.projects.all,
    queryFn: () => listOwnProjects(),
    enabled: isOpen,
  });
  const others = (projects.data ?? []).filter((project) => project.id !== user.projectId);
  const check = (isChosen: boolean) => (isChosen ? <IconCheck size={14} aria-hidden="true" /> : null);

  return (
    <Menu opened={isOpen} onChange={setOpen} position="right-end" width={220}>
      <Menu.Target>
        <button
          type="button"
          className={`${classes.footButton} ${classes.account}`}
          aria-label={t('account.label', { user: user.name, project: user.projectName })}
        >
          <span className={classes.initial} aria-hidden="true">
            {user.name.slice(0, 1).toUpperCase()}
          </span>
          <span className={classes.footText}>
            <span className="truncate">{user.projectName}</span>
            <small className="truncate">{user.name}</small>
          </span>
          <IconSelector size={14} aria-hidden="true" />
        </button>
      </Menu.Target>
      <Menu.Dropdown>
        {others.length > 0 && (
          <>
            <Menu.Label>{t('account.switchProject')}</Menu.Label>
            {others.map((project) => (
              <Menu.Item
                key={project.id}
                onClick={() =>
                  scopeToProject(readSession()?.token ?? '', project.id).then(beginSession, (error) =>
                    notifyError(error, t('account.switchFailed')),
                  )
                }
              >
                {project.name}
              </Menu.Item>
            ))}
            <Menu.Divider />
          </>
        )}
        <Menu.Label>{t('theme.label')}</Menu.Label>
        {SCHEMES.map(({ scheme, text, icon: SchemeIcon }) => (
          <Menu.Item
            key={scheme}
            role="menuitemradio"
            aria-checked={colorScheme === scheme}
            leftSection={<SchemeIcon size={16} aria-hidden="true" />}
            rightSection={check(colorScheme === scheme)}
            onClick={() => setColorScheme(scheme)}
          >
            {t(text)}
          </Menu.Item>
        ))}
        <Menu.Divider />
        <Menu.Label>{t('language')}</Menu.Label>
        {(Object.keys(LANGUAGES) as Language[]).map((language) => (
          <Menu.Item
            key={language}
            role="menuitemradio"
            aria-checked={i18n.language === language}
            lang={language}
            rightSection={check(i18n.language === language)}
            onClick={() => void switchLanguage(language)}
          >
            {LANGUAGES[language]}
          </Menu.Item>
        ))}
        <Menu.Divider />
        <Menu.Item
          leftSection={<IconMap2 size={16} aria-hidden="true" />}
          onClick={() => void navigate({ to: '/welcome' })}
        >
          {t('firstSteps')}
        </Menu.Item>
        <Menu.Item leftSection={<IconKeyboard size={16} aria-hidden="true" />} onClick={showShortcuts}>
          {t('shortcuts.title')}
        </Menu.Item>
        <Menu.Item leftSection={<IconLogout size={16} aria-hidden="true" />} onClick={() => void signOut()}>
          {t('account.signOut')}
        </Menu.Item>
      </Menu.Dropdown>
    </Menu>
  );
}
