import { useMantineColorScheme } from '@mantine/core';
import { createSpotlight, Spotlight } from '@mantine/spotlight';
import {
  IconCpu,
  IconDeviceDesktop,
  IconDisc,
  IconKeyboard,
  IconLanguage,
  IconLogout,
  IconMap2,
  IconPlus,
  IconSearch,
  IconSunMoon,
} from '@tabler/icons-react';
import { useNavigate } from '@tanstack/react-router';
import { useEffect, useMemo, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { switchLanguage } from '../i18n/i18n.ts';
import { mayCreate, startCreation } from '../kernel/CreateButtons.tsx';
import { navigationFor } from '../kernel/navigation.ts';
import { type PaletteCommand, usePaletteStore } from '../kernel/palette.store.ts';
import { allResources } from '../kernel/resource.ts';
import { resourceText } from '../kernel/resource-text.ts';
import { useHosts } from '../kernel/use-hosts.ts';
import { useNamedThings } from '../kernel/use-named-things.ts';
import { useServers } from '../kernel/use-servers.ts';
import { useImages } from '../resources/images/hooks/use-images.ts';
import { PEOPLE_PAGES } from '../resources/people/people-pages.ts';
import { mayDo } from '../session/rights.ts';
import { signOut } from '../session/switch-scope.ts';
import { useCurrentUser } from '../session/use-current-user.ts';
import { rankCommands } from './rank-commands.ts';
import { showShortcuts } from './ShortcutOverlay.tsx';

const [store, spotlight] = createSpotlight();
const SHOWN = 30;

/** Everything by name: pages, what can be done, machines, images. */
export function Palette() {
  const { t } = useTranslation('shell');
  const [query, setQuery] = useState('');
  const opened = usePaletteStore((state) => state.opened);
  const commands = useCommands();
  const things = useThings();
  useEffect(() => {
    if (opened > 0) spotlight.open();
  }, [opened]);

  const found = rankCommands(query === '' ? commands : [...commands, ...things], query).slice(0, SHOWN);
  const groups = Map.groupBy(found, (command) => command.group);
  return (
    <Spotlight.Root
      store={store}
      query={query}
      onQueryChange={setQuery}
      shortcut={null}
      clearQueryOnClose
      size={560}
      yOffset="12vh"
      scrollable
      maxHeight={420}
      overlayProps={{ blur: 0, backgroundOpacity: 0.4 }}
    >
      <Spotlight.Search
        placeholder={t('palette.placeholder')}
        aria-label={t('palette.placeholder')}
        leftSection={<IconSearch size={16} aria-hidden="true" />}
        size="md"
      />
      <Spotlight.ActionsList>
        {[...groups].map(([group, entries]) => (
          <Spotlight.ActionsGroup key={group} label={group}>
            {entries.map((command) => {
              const CommandIcon = command.icon;
              return (
                <Spotlight.Action
                  key={command.id}
                  label={command.label}
                  leftSection={CommandIcon ? <CommandIcon size={16} aria-hidden="true" /> : undefined}
                  onClick={command.run}
                />
              );
            })}
          </Spotlight.ActionsGroup>
        ))}
        {found.length === 0 && <Spotlight.Empty>{t('palette.nothing')}</Spotlight.Empty>}
      </Spotlight.ActionsList>
    </Spotlight.Root>
  );
}

function useCommands(): PaletteCommand[] {
  const { t, i18n } = useTranslation(['shell', 'people']);
  const navigate = useNavigate();
  const { setColorScheme } = useMantineColorScheme();
  const sources = usePaletteStore((state) => state.sources);
  const user = useCurrentUser();
  return useMemo(() => {
    const actions = t('palette.actions');
    const settings = t('palette.settings');
    const otherLanguage = i18n.language === 'en' ? 'zh-CN' : 'en';
    return [
      ...sources.flat(),
      ...(mayDo('os_compute_api:servers:create', user).allowed
        ? [
            {
              id: 'launch',
              label: t('palette.launch'),
              group: actions,
              icon: IconPlus,
              run: () => void navigate({ to: '/launch' }),
            },
          ]
        : []),
      {
        id: 'welcome',
        label: t('firstSteps'),
        group: t('palette.pages'),
        icon: IconMap2,
        run: () => void navigate({ to: '/welcome' }),
      },
      ...allResources().flatMap((resource) =>
        (resource.create ?? [])
          .filter((creation) => mayCreate(creation, user).allowed && mayDo(resource.rule, user).allowed)
          .map((creation) => ({
            id: `${resource.name} ${creation.id}`,
            label: resourceText(resource, `${creation.id}.title`),
            group: actions,
            icon: creation.icon,
            run: () => startCreation(creation),
          })),
      ),
      ...navigationFor(user).map((entry) => ({
        id: entry.to,
        label: entry.label(),
        group: t('palette.pages'),
        icon: entry.icon,
        run: () => void navigate({ to: entry.to }),
      })),
      ...Object.values(PEOPLE_PAGES)
        .filter(({ to, rule }) => to !== '/people' && mayDo(rule, user).allowed)
        .map((page) => ({
          id: page.to,
          label: t(`people:${page.text}`),
          group: t('palette.pages'),
          icon: page.icon,
          run: () => void navigate({ to: page.to }),
        })),
      ...(['auto', 'light', 'dark'] as const).map((scheme) => ({
        id: `theme-${scheme}`,
        label: `${t('theme.label')}: ${t(`theme.${scheme}`)}`,
        group: settings,
        icon: IconSunMoon,
        run: () => setColorScheme(scheme),
      })),
      {
        id: 'language',
        label: otherLanguage === 'en' ? 'Language: English' : '语言：简体中文',
        group: settings,
        icon: IconLanguage,
        run: () => void switchLanguage(otherLanguage),
      },
      { id: 'shortcuts', label: t('shortcuts.title'), group: settings, icon: IconKeyboard, run: showShortcuts },
      { id: 'sign-out', label: t('account.signOut'), group: settings, icon: IconLogout, run: () => void signOut() },
    ];
  }, [t, i18n.language, navigate, setColorScheme, sources, user]);
}

function useThings(): PaletteCommand[] {
  const { t } = useTranslation('shell');
  const navigate = useNavigate();
  const servers = useServers();
  const images = useImages();
  const hosts = useHosts();
  const others = useNamedThings();
  return useMemo(
    () => [
      ...(servers.data ?? []).map((server) => ({
        id: server.id,
        label: server.name,
        group: t('nav.machines'),
        icon: IconDeviceDesktop,
        run: () => void navigate({ to: '/machines/$id', params: { id: server.id } }),
      })),
      ...(images.data ?? []).map((image) => ({
        id: image.id,
        label: image.name ?? image.id,
        group: t('nav.images'),
        icon: IconDisc,
        run: () => void navigate({ to: '/images/$id', params: { id: image.id } }),
      })),
      ...(hosts.data ?? []).map((host) => ({
        id: host.id,
        label: host.name,
        group: t('nav.hosts'),
        icon: IconCpu,
        run: () => void navigate({ to: '/hosts', search: { panel: host.id } }),
      })),
      ...others.map(({ resource, id, label }) => ({
        id: `${resource.name} ${id}`,
        label,
        group: resourceText(resource, 'title'),
        icon: resource.icon,
        run: () => void navigate({ to: '/$resource', params: { resource: resource.name }, search: { panel: id } }),
      })),
    ],
    [servers.data, images.data, hosts.data, others, navigate, t],
  );
}
