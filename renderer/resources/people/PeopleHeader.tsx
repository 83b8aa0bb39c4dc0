import { Tabs } from '@mantine/core';
import { useLocation, useNavigate } from '@tanstack/react-router';
import { type ReactNode, useEffect, useRef } from 'react';
import { useTranslation } from 'react-i18next';
import { PageHeader } from '../../design/PageHeader.tsx';
import { mayDo } from '../../session/rights.ts';
import { useCurrentUser } from '../../session/use-current-user.ts';
import classes from './people.module.css';
import { PEOPLE_PAGES } from './people-pages.ts';

/** The head that the pages of the area share: its name, what can be done here, and the pages as tabs. */
export function PeopleHeader({ actions }: { actions?: ReactNode }) {
  const { t } = useTranslation('people');
  const navigate = useNavigate();
  const user = useCurrentUser();
  const { pathname } = useLocation();
  const shown = Object.values(PEOPLE_PAGES).filter(({ rule }) => mayDo(rule, user).allowed);
  const tabs = useRef<HTMLDivElement>(null);
  const at = shown.findLastIndex(({ to }) => pathname.startsWith(to));
  const open = (value: string | null): void => {
    const page = shown.find(({ to }) => to === value);
    if (page) void navigate({ to: page.to, search: {} });
  };
  // Beside a panel there may be no room for all: the one that is open is in sight.
  useEffect(() => {
    const list = tabs.current;
    const observer = new ResizeObserver(() =>
      list?.children[at]?.scrollIntoView({ block: 'nearest', inline: 'nearest' }),
    );
    if (list) observer.observe(list);
    return () => observer.disconnect();
  }, [at]);
  return (
    <>
      <PageHeader title={t('area')} actions={actions} />
      <Tabs value={shown[at]?.to ?? null} onChange={open} className={classes.tabs ?? ''}>
        <Tabs.List ref={tabs}>
          {shown.map(({ to, text, icon: PageIcon }) => (
            <Tabs.Tab key={to} value={to} leftSection={<PageIcon size={16} stroke={1.5} aria-hidden="true" />}>
              {t(text)}
            </Tabs.Tab>
          ))}
        </Tabs.List>
      </Tabs>
    </>
  );
}
