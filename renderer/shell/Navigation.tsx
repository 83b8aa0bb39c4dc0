import { Kbd } from '@mantine/core';
import { IconSearch } from '@tabler/icons-react';
import { Link } from '@tanstack/react-router';
import { useTranslation } from 'react-i18next';
import { useStreamStore } from '../api/event-stream.ts';
import mark from '../design/mark.svg';
import { StateBadge } from '../design/StateBadge.tsx';
import { keySigns } from '../design/shortcuts.ts';
import { navigationFor } from '../kernel/navigation.ts';
import { openPalette } from '../kernel/palette.store.ts';
import { UnclaimedCount } from '../resources/hosts/UnclaimedCount.tsx';
import { TaskTray } from '../resources/tasks/TaskTray.tsx';
import { useCurrentUser } from '../session/use-current-user.ts';
import { AccountMenu } from './AccountMenu.tsx';
import classes from './frame.module.css';
import { ScopeSwitcher } from './ScopeSwitcher.tsx';

export function Navigation() {
  const { t } = useTranslation('shell');
  const entries = navigationFor(useCurrentUser());
  return (
    <nav className={classes.nav} aria-label={t('nav.label')}>
      <div className={classes.brand}>
        <img src={mark} width="20" height="20" alt="" />
        <span>Cumulet</span>
      </div>
      <ScopeSwitcher />
      <button type="button" className={classes.find} aria-label={t('palette.open')} onClick={() => openPalette()}>
        <IconSearch size={14} aria-hidden="true" />
        <span>{t('palette.find')}</span>
        <Kbd size="xs">{keySigns('mod+K').join(' ')}</Kbd>
      </button>
      <ul className={classes.links}>
        {entries.map((entry, index) => {
          const EntryIcon = entry.icon;
          const startsGroup = index > 0 && entries[index - 1]?.place.group !== entry.place.group;
          return (
            <li key={entry.to} className={startsGroup ? classes.groupStart : undefined}>
              <Link
                to={entry.to}
                className={classes.link}
                title={entry.label()}
                activeOptions={{ includeSearch: false }}
              >
                <EntryIcon size={16} aria-hidden="true" />
                <span>{entry.label()}</span>
                {entry.to === '/hosts' && <UnclaimedCount />}
              </Link>
            </li>
          );
        })}
      </ul>
      <Connection />
      <div className={classes.foot}>
        <TaskTray />
        <AccountMenu />
      </div>
    </nav>
  );
}

/** Its place is kept while all is well, so that losing the stream moves nothing. */
function Connection() {
  const { t } = useTranslation('shell');
  const state = useStreamStore((store) => store.state);
  return (
    <div className={classes.connection} role="status">
      {state === 'reconnecting' && <StateBadge tone="busy" label={t('reconnecting')} title={t('reconnectingHint')} />}
    </div>
  );
}
