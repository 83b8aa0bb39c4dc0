import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { useTranslation } from 'react-i18next';
import { ActionButton } from '../../../design/actions/ActionButton.tsx';
import { ActionMenu } from '../../../design/actions/ActionMenu.tsx';
import { CopyText } from '../../../design/CopyText.tsx';
import { DetailPanel } from '../../../design/DetailPanel.tsx';
import { formatDateTime } from '../../../design/duration.ts';
import { Field, FieldList } from '../../../design/PageHeader.tsx';
import { formatWhere } from '../../../design/table/table-search.ts';
import { useServers } from '../../machines/hooks/use-servers.ts';
import { copyPublicKey } from '../actions/copy-public-key.action.ts';
import { KEY_ACTIONS } from '../actions/key-actions.ts';
import { type KeyRow, useKey } from '../hooks/use-keys.ts';
import classes from '../keys.module.css';
import { parsePublicKey, sha256Fingerprint } from '../ssh-public-key.ts';

/** A key with its fingerprints, as other tools show them. */
export function KeyPanel({ pair, onClose }: { pair: KeyRow; onClose: () => void }) {
  const { t } = useTranslation('keys');
  const created = useKey(pair.name).data?.created_at;
  const sha256 = useQuery({
    queryKey: ['key-fingerprint', pair.public_key],
    queryFn: () => sha256Fingerprint(pair.public_key),
    staleTime: Number.POSITIVE_INFINITY,
  });
  const parsed = parsePublicKey(pair.public_key);
  const used = useServers().data?.filter((server) => server.key_name === pair.name).length ?? 0;
  return (
    <DetailPanel title={pair.name} actions={<ActionMenu actions={KEY_ACTIONS} things={[pair]} />} onClose={onClose}>
      <FieldList>
        <Field label={t('type')}>{typeof parsed === 'string' ? pair.type : parsed.type}</Field>
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
          {used === 0 ? (
            t('noMachines')
          ) : (
            <Link to="/machines" search={{ where: formatWhere({ key: [pair.name] }) }}>
              {t('usedBy', { count: used })}
            </Link>
          )}
        </Field>
      </FieldList>
      <div className={classes.headingRow}>
        <h3>{t('publicKey')}</h3>
        <ActionButton action={copyPublicKey} things={[pair]} variant="subtle" />
      </div>
      <pre className={classes.publicKey}>{pair.public_key}</pre>
    </DetailPanel>
  );
}
