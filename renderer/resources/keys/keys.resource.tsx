import { IconFileImport, IconKey, IconPlus } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { useMemo } from 'react';
import { useTranslation } from 'react-i18next';
import { getKeypair, listKeypairs } from '../../api/compute.api.ts';
import { ActionButton } from '../../design/actions/ActionButton.tsx';
import { CopyText } from '../../design/CopyText.tsx';
import { formatDateTime } from '../../design/duration.ts';
import { Field, FieldList } from '../../design/PageHeader.tsx';
import { PanelHeading } from '../../design/PanelHeading.tsx';
import type { Column } from '../../design/table/column.ts';
import type { Area } from '../../i18n/texts.ts';
import { MachinesUsing } from '../../kernel/MachinesUsing.tsx';
import { defineResource } from '../../kernel/resource.ts';
import { useThing } from '../../kernel/use-things.ts';
import { copyPublicKey } from './actions/copy-public-key.action.ts';
import { deleteKeys } from './actions/delete-key.action.ts';
import { CreateKeyDialog } from './dialogs/CreateKeyDialog.tsx';
import { ImportKeyDialog } from './dialogs/ImportKeyDialog.tsx';
import { type KeyRow, toKeyRow } from './key-row.ts';
import classes from './keys.module.css';
import { parsePublicKey, sha256Fingerprint } from './ssh-public-key.ts';

declare module '../../i18n/texts.ts' {
  interface Texts {
    keys: Area<typeof import('../../../assets/locales/en/keys.json')>;
  }
}

/** SSH keys that machines are launched with; each person has their own. */
export const keys = defineResource<KeyRow>({
  name: 'keys',
  icon: IconKey,
  rule: 'os_compute_api:os-keypairs:index',
  place: { group: 'compute', order: 40 },
  api: {
    page: async (asked) => (await listKeypairs(asked)).map(toKeyRow),
    show: async (name, signal) => toKeyRow(await getKeypair(name, signal)),
  },
  events: ['keypair'],
  label: ({ name }) => name,
  columns: useKeyColumns,
  search: true,
  panel: KeyPanel,
  actions: [copyPublicKey, deleteKeys],
  create: [
    { id: 'create', icon: IconPlus, dialog: CreateKeyDialog },
    { id: 'import', icon: IconFileImport, dialog: ImportKeyDialog },
  ],
});

/** As the key itself says, where it can be read. */
function typeOf({ public_key: text, type }: KeyRow): string {
  const parsed = parsePublicKey(text);
  return typeof parsed === 'string' ? type : parsed.type;
}

function useKeyColumns(): readonly Column<KeyRow>[] {
  const { t } = useTranslation('keys');
  return useMemo(
    () => [
      { id: 'type', header: t('type'), value: typeOf, width: 176, filter: {} },
      {
        id: 'fingerprint',
        header: t('fingerprint'),
        value: ({ fingerprint }) => fingerprint,
        cell: ({ fingerprint }) => <span className="mono truncate">{fingerprint}</span>,
        width: { min: 360, share: 2 },
      },
      {
        id: 'comment',
        header: t('comment'),
        value: ({ public_key: text }) => {
          const parsed = parsePublicKey(text);
          return typeof parsed === 'string' ? null : parsed.comment;
        },
        width: { min: 120, share: 2 },
      },
    ],
    [t],
  );
}

/** A key with its fingerprints, as other tools show them. */
function KeyPanel({ thing: pair }: { thing: KeyRow }) {
  const { t } = useTranslation('keys');
  // Lists do not say when.
  const created = useThing(keys, pair.id).data?.created_at;
  const sha256 = useQuery({
    queryKey: ['key-fingerprint', pair.public_key],
    queryFn: () => sha256Fingerprint(pair.public_key),
    staleTime: Number.POSITIVE_INFINITY,
  });
  return (
    <>
      <FieldList>
        <Field label={t('type')}>{typeOf(pair)}</Field>
        {sha256.data && (
          <Field label="SHA256">
            <CopyText value={sha256.data} />
          </Field>
        )}
        <Field label="MD5">
          <CopyText value={pair.fingerprint} />
        </Field>
        {created && <Field label={t('created')}>{formatDateTime(created)}</Field>}
        <Field label={t('machines')}>
          <MachinesUsing isUsing={(server) => server.key_name === pair.name} where={{ key: [pair.name] }} />
        </Field>
      </FieldList>
      <PanelHeading actions={<ActionButton action={copyPublicKey} things={[pair]} variant="subtle" />}>
        {t('publicKey')}
      </PanelHeading>
      <pre className={classes.publicKey}>{pair.public_key}</pre>
    </>
  );
}
