import { Button, Select } from '@mantine/core';
import { IconDownload, IconUserPlus } from '@tabler/icons-react';
import { useNavigate, useSearch } from '@tanstack/react-router';
import { useMemo } from 'react';
import { useTranslation } from 'react-i18next';
import { openDialog } from '../../../design/dialogs/dialog.store.ts';
import { EmptyState } from '../../../design/EmptyState.tsx';
import { Page } from '../../../design/PageHeader.tsx';
import { ReasonedButton } from '../../../design/ReasonedButton.tsx';
import { saveFile } from '../../../design/save-file.ts';
import { mayDo } from '../../../session/rights.ts';
import { useCurrentUser } from '../../../session/use-current-user.ts';
import { PeopleHeader } from '../../people/PeopleHeader.tsx';
import { AccessTable } from '../AccessTable.tsx';
import classes from '../access.module.css';
import { accessCsv } from '../access-csv.ts';
import { filterOf } from '../access-subject.ts';
import { GiveRoleDialog } from '../dialogs/GiveRoleDialog.tsx';
import { useAccessRows } from '../hooks/use-access-rows.ts';
import { useActorChoice, useTargetChoice } from '../hooks/use-choices.ts';

const KINDS = ['user', 'group', 'project', 'domain', 'system'] as const;
type Kind = (typeof KINDS)[number];
const OFFERED = 60;

/** Who has what: the roles of one person or group, or on one project, domain or the system, with how each comes. */
export function AccessPage() {
  const { t } = useTranslation('access');
  const navigate = useNavigate();
  const search = useSearch({ from: '/frame/people/access' });
  const right = mayDo('identity:create_grant', useCurrentUser());
  const kind = KINDS.find((each) => each === search.of) ?? 'user';
  const id = kind === 'system' ? 'system' : search.id;
  const filter = useMemo(() => (id === undefined ? null : filterOf(kind, id)), [kind, id]);
  const access = useAccessRows(filter);
  const choices = useThings(kind);
  const choose = (of: Kind, chosen?: string | null): void =>
    void navigate({ to: '/people/access', search: { of, ...(chosen ? { id: chosen } : {}) }, replace: true });
  return (
    <Page>
      <PeopleHeader
        actions={
          <ReasonedButton
            verdict={right}
            leftSection={<IconUserPlus size={16} aria-hidden="true" />}
            onClick={() => openDialog((props) => <GiveRoleDialog {...props} />)}
          >
            {t('action.give')}
          </ReasonedButton>
        }
      />
      <div className={classes.choice}>
        <Select
          label={t('choose.kind')}
          data={KINDS.map((value) => ({ value, label: t(`kind.${value}`) }))}
          value={kind}
          onChange={(value) => value && choose(value as Kind)}
        />
        {kind !== 'system' && (
          <Select
            className={classes.choiceThing}
            label={t(`kind.${kind}`)}
            placeholder={t(`choose.${kind}`)}
            data={choices}
            value={id ?? null}
            searchable
            limit={OFFERED}
            nothingFoundMessage={t('give.nothing')}
            onChange={(value) => choose(kind, value)}
          />
        )}
        <div className={classes.choiceEnd}>
          <Button
            variant="default"
            leftSection={<IconDownload size={16} aria-hidden="true" />}
            disabled={!access.rows || access.rows.length === 0}
            onClick={() => void saveFile('access.csv', accessCsv(access.rows ?? []), 'text/csv;charset=utf-8')}
          >
            {t('action.export')}
          </Button>
        </div>
      </div>
      {filter === null ? (
        <EmptyState title={t('choose.title')} text={t('choose.text')} />
      ) : (
        <AccessTable
          id="access"
          {...access}
          hides={kind === 'user' || kind === 'group' ? 'who' : 'where'}
          isInAddress
          emptyText={t(kind === 'system' ? 'noneText.system' : `noneText.${kind}`)}
        />
      )}
    </Page>
  );
}

/** What may be chosen of one kind, by its bare id: it stands in the address. */
function useThings(kind: Kind): { value: string; label: string }[] {
  const actors = useActorChoice();
  const targets = useTargetChoice();
  return useMemo(
    () =>
      [...actors, ...targets]
        .flatMap(({ items }) => items)
        .filter(({ value }) => value.startsWith(`${kind} `))
        .map(({ value, label }) => ({ value: value.slice(kind.length + 1), label })),
    [actors, targets, kind],
  );
}
