import { Button } from '@mantine/core';
import { IconDownload } from '@tabler/icons-react';
import { useTranslation } from 'react-i18next';
import type { Session } from '../../api/session.ts';
import { CopyText } from '../../design/CopyText.tsx';
import { formatDateTime } from '../../design/duration.ts';
import { Field, FieldList, Section } from '../../design/PageHeader.tsx';
import { saveFile } from '../../design/save-file.ts';
import classes from './account.module.css';
import { cloudsYaml, openrc } from './client-files.ts';

/** Who one is here, and how other programs sign in as the same person. */
export function ProfileTab({ session }: { session: Session }) {
  const { t } = useTranslation('account');
  const { origin } = window.location;
  const auth = { kind: 'password', session } as const;
  return (
    <>
      <Section title={t('profile.title')}>
        <FieldList>
          <Field label={t('profile.name')}>{session.user.name}</Field>
          <Field label={t('profile.id')}>
            <CopyText value={session.user.id} />
          </Field>
          <Field label={t('profile.domain')}>{session.user.domain.name}</Field>
          <Field label={t('profile.project')}>{session.project?.name}</Field>
          <Field label={t('profile.roles')}>{session.roles.join(', ') || null}</Field>
          <Field label={t('profile.until')}>{formatDateTime(session.expiresAt)}</Field>
        </FieldList>
      </Section>
      <Section title={t('clients.title')}>
        <p className={classes.text}>{t('clients.text')}</p>
        <div className={classes.row}>
          <Button
            variant="default"
            leftSection={<IconDownload size={16} aria-hidden="true" />}
            onClick={() => void saveFile('clouds.yaml', cloudsYaml(origin, auth))}
          >
            clouds.yaml
          </Button>
          <Button
            variant="default"
            leftSection={<IconDownload size={16} aria-hidden="true" />}
            onClick={() => void saveFile('cumulet-openrc.sh', openrc(origin, auth))}
          >
            openrc
          </Button>
        </div>
        <CopyText value="openstack --os-cloud cumulet --os-password … server list" />
      </Section>
    </>
  );
}
