import { Button, Group, SimpleGrid, Skeleton } from '@mantine/core';
import { useQueryClient } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';
import { keys } from '../../api/query-keys.ts';
import { DEFAULT_QUOTA, resetQuota } from '../../api/quota.api.ts';
import { askToConfirm } from '../../design/dialogs/confirm.store.ts';
import { openDialog } from '../../design/dialogs/dialog.store.ts';
import { ErrorAlert } from '../../design/ErrorAlert.tsx';
import { UsageBar } from '../../design/Figures.tsx';
import { notifyError } from '../../design/notify.tsx';
import { Field, FieldList } from '../../design/PageHeader.tsx';
import { QuotaDialog } from './dialogs/QuotaDialog.tsx';
import { useQuota } from './hooks/use-quota.ts';
import { COUNTED, formatAmount, QUOTA_NAMES } from './quota-form.ts';
import classes from './quotas.module.css';

/** What a project uses and may, as bars; with the right to, also to change. `projectId` may be `default`. */
export function QuotaUsage({ projectId, name, mayChange }: { projectId: string; name: string; mayChange: boolean }) {
  const { t } = useTranslation('quotas');
  const queries = useQueryClient();
  const quota = useQuota(projectId);
  if (quota.error) return <ErrorAlert error={quota.error} />;
  if (!quota.data) return <Skeleton height={160} />;
  const limits = quota.data;
  const isDefault = projectId === DEFAULT_QUOTA;
  const reset = async () => {
    const sure = await askToConfirm({
      title: t('reset.title', { name }),
      text: t('reset.text'),
      confirmLabel: t('reset.submit'),
    });
    if (!sure) return;
    try {
      await resetQuota(projectId);
      await queries.invalidateQueries({ queryKey: keys.quotas.all });
    } catch (error) {
      notifyError(error);
    }
  };
  const known = QUOTA_NAMES.flatMap((key) => {
    const entry = limits[key];
    return entry ? [{ key, ...entry }] : [];
  });
  const isCounted = (key: (typeof QUOTA_NAMES)[number]) => COUNTED.has(key) && !isDefault;
  return (
    <section className={classes.usage}>
      <SimpleGrid cols={{ base: 1, sm: 2, lg: 3 }} spacing={16} verticalSpacing={12}>
        {known
          .filter(({ key }) => isCounted(key))
          .map(({ key, used, limit }) => (
            <UsageBar
              key={key}
              label={limit < 0 ? t('unlimitedUse', { what: t(`name.${key}`) }) : t(`name.${key}`)}
              used={used}
              limit={limit}
              format={(value) => formatAmount(key, value)}
            />
          ))}
      </SimpleGrid>
      <FieldList>
        {known
          .filter(({ key }) => !isCounted(key))
          .map(({ key, limit }) => (
            <Field key={key} label={t(`name.${key}`)}>
              {limit < 0 ? t('unlimited') : formatAmount(key, limit)}
            </Field>
          ))}
      </FieldList>
      {mayChange && (
        <Group gap={8}>
          <Button
            variant="default"
            onClick={() =>
              openDialog((props) => <QuotaDialog {...props} projectId={projectId} name={name} limits={limits} />)
            }
          >
            {t('change')}
          </Button>
          {Object.values(limits).some(({ isOwn }) => isOwn) && (
            <Button variant="subtle" onClick={() => void reset()}>
              {t('reset.submit')}
            </Button>
          )}
        </Group>
      )}
    </section>
  );
}
