import { IconPlus } from '@tabler/icons-react';
import { useNavigate, useSearch } from '@tanstack/react-router';
import { Fragment, type ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import type { RuleName } from '../../../app/contract/generated/rules.ts';
import { EmptyState } from '../../design/EmptyState.tsx';
import { Page } from '../../design/PageHeader.tsx';
import { ReasonedButton } from '../../design/ReasonedButton.tsx';
import { useShortcut } from '../../design/shortcuts.ts';
import { mayDo } from '../../session/rights.ts';
import { useCurrentUser } from '../../session/use-current-user.ts';
import { IdentityTable, type IdentityTableProps } from './IdentityTable.tsx';
import { PeopleHeader } from './PeopleHeader.tsx';
import type { PeoplePage } from './people-pages.ts';

interface IdentityPageProps<T extends { id: string }>
  extends Pick<IdentityTableProps<T>, 'id' | 'query' | 'columns' | 'countLabel' | 'defaultSort' | 'actions'> {
  page: PeoplePage;
  createRule: RuleName;
  /** Opens the dialog; only called for who may. */
  onCreate: () => void;
  texts: { create: string; createTitle: string; search: string; none: string; noneText: string };
  /** What the table shows, where that is not simply all. */
  rows?: T[] | undefined;
  headerActions?: ReactNode;
  panel: (thing: T, onClose: () => void) => ReactNode;
}

/** A list of the area: its table, how one is made, and the panel of the one that the address names. */
export function IdentityPage<T extends { id: string }>(props: IdentityPageProps<T>) {
  const { page, createRule, onCreate, texts, query, rows, headerActions, panel, ...table } = props;
  const { t } = useTranslation('people');
  const navigate = useNavigate();
  const search = useSearch({ strict: false });
  const right = mayDo(createRule, useCurrentUser());
  const shown = query.data?.find(({ id }) => id === search.panel);
  const open = (id: string | undefined) =>
    void navigate({ to: page.to, search: (before) => ({ ...before, panel: id, tab: undefined }) });
  const create = (): void => {
    if (right.allowed) onCreate();
  };
  useShortcut({ keys: 'N', label: texts.createTitle, group: t('area') }, create);
  const button = (
    <ReasonedButton verdict={right} leftSection={<IconPlus size={16} aria-hidden="true" />} onClick={create}>
      {texts.create}
    </ReasonedButton>
  );
  return (
    <Page>
      <PeopleHeader
        actions={
          <>
            {headerActions}
            {button}
          </>
        }
      />
      <IdentityTable
        {...table}
        rule={page.rule}
        query={rows ? { ...query, data: rows } : query}
        label={t(page.text)}
        searchLabel={texts.search}
        onOpen={({ id }) => open(id)}
        empty={
          <EmptyState
            icon={<page.icon size={32} stroke={1.5} />}
            title={texts.none}
            text={texts.noneText}
            action={button}
          />
        }
      />
      {shown && <Fragment key={shown.id}>{panel(shown, () => open(undefined))}</Fragment>}
    </Page>
  );
}
