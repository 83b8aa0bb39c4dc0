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
  IconUserCircle,
} from '@tabler/icons-react';
import { useNavigate } from '@tanstack/react-router';
import { useTranslation } from 'react-i18next';
import { LANGUAGES, type Language, switchLanguage } from '../i18n/i18n.ts';
import { mayDo } from '../session/rights.ts';
import { signOut } from '../session/switch-scope.ts';
import { useCurrentUser } from '../session/use-current-user.ts';
import { useScopeName } from '../session/use-scope-name.ts';
import classes from './frame.module.css';
import { showShortcuts } from './ShortcutOverlay.tsx';

const SCHEMES = [
  { scheme: 'auto', text: 'theme.auto', icon: IconDeviceDesktop },
  { scheme: 'light', text: 'theme.light', icon: IconSun },
  { scheme: 'dark', text: 'theme.dark', icon: IconMoon },
] as const;

/** Who and where one is; language, theme, help and the way out. */
export function AccountMenu() {
  const { t, i18n } = useTranslation('shell');
  const user = useCurrentUser();
  const scope = useScopeName();
  const { colorScheme, setColorScheme } = useMantineColorScheme();
  const navigate = useNavigate();
  const check = (isChosen: boolean) => (isChosen ? <IconCheck size={14} aria-hidden="true" /> : null);

  return (
    <Menu position="right-end" width={220}>
      <Menu.Target>
        <button
          type="button"
          className={`${classes.footButton} ${classes.account}`}
          aria-label={
            user.projectId === ''
              ? t('account.inScope', { user: user.name, scope })
              : t('account.label', { user: user.name, project: user.projectName })
          }
        >
          <span className={classes.initial} aria-hidden="true">
            {user.name.slice(0, 1).toUpperCase()}
          </span>
          <span className={classes.footText}>
            <span className="truncate" title={user.name}>
              {user.name}
            </span>
            <small className="truncate" title={scope}>
              {scope}
            </small>
          </span>
          <IconSelector size={14} aria-hidden="true" />
        </button>
      </Menu.Target>
      <Menu.Dropdown>
        <Menu.Item
          leftSection={<IconUserCircle size={16} aria-hidden="true" />}
          onClick={() => void navigate({ to: '/account' })}
        >
          {t('account.open')}
        </Menu.Item>
        <Menu.Divider />
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
        {mayDo('os_compute_api:servers:create', user).allowed && (
          <Menu.Item
            leftSection={<IconMap2 size={16} aria-hidden="true" />}
            onClick={() => void navigate({ to: '/welcome' })}
          >
            {t('firstSteps')}
          </Menu.Item>
        )}
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
