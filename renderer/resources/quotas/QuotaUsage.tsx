import { Button, Group, SimpleGrid, Skeleton } from '@mantine/core';
import { useQueryClient } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';
import { keys } from '../../api/query-keys.ts';
import { type QuotaOwner, resetQuota } from '../../api/quota.api.ts';
import { askToConfirm } from '../../design/dialogs/confirm.store.ts';
import { openDialog } from '../../design/dialogs/dialog.store.ts';
import { ErrorAlert } from '../../design/ErrorAlert.tsx';
import { UsageBar } from '../../design/Figures.tsx';
import { notifyError } from '../../design/notify.tsx';
import { Field, FieldList } from '../../design/PageHeader.tsx';
import { formatAmount, QUOTA_NAMES } from '../../kernel/quota-names.ts';
import { useQuota } from '../../kernel/use-quota.ts';
import { QuotaDialog } from './dialogs/QuotaDialog.tsx';
import { isCounted, PERSONAL } from './quota-form.ts';
import classes from './quotas.module.css';

/** What a project, or a person in it, uses and may, as bars; with the right to, also to change. */
export function QuotaUsage({ owner, name, mayChange }: { owner: QuotaOwner; name: string; mayChange: boolean }) {
  const { t } = useTranslation('quotas');
  const queries = useQueryClient();
  const quota = useQuota(owner);
  if (quota.error) return <ErrorAlert error={quota.error} />;
  if (!quota.data) return <Skeleton height={160} />;
  const limits = quota.data;
  const isPersonal = owner.userId !== undefined;
  const resetLabel = t(isPersonal ? 'person.reset' : 'reset.submit');
  const reset = async () => {
    const sure = await askToConfirm({
      title: t(isPersonal ? 'person.resetTitle' : 'reset.title', { name }),
      text: t('reset.text'),
      confirmLabel: resetLabel,
    });
    if (!sure) return;
    try {
      await resetQuota(owner);
      await queries.invalidateQueries({ queryKey: keys.quotas.all });
    } catch (error) {
      notifyError(error);
    }
  };
  const known = (isPersonal ? PERSONAL : QUOTA_NAMES).flatMap((key) => {
    const entry = limits[key];
    return entry ? [{ key, ...entry }] : [];
  });
  return (
    <section className={classes.usage}>
      <SimpleGrid cols={{ base: 1, sm: 2, lg: 3 }} spacing={16} verticalSpacing={12}>
        {known
          .filter(({ key }) => isCounted(key, owner))
          .map(({ key, used, limit }) => (
            <UsageBar
              key={key}
              label={t(`name.${key}`)}
              used={used}
              limit={limit}
              format={(value) => formatAmount(key, value)}
            />
          ))}
      </SimpleGrid>
      {known.some(({ key }) => !isCounted(key, owner)) && (
        <FieldList>
          {known
            .filter(({ key }) => !isCounted(key, owner))
            .map(({ key, limit }) => (
              <Field key={key} label={t(`name.${key}`)}>
                {limit < 0 ? t('unlimited') : formatAmount(key, limit)}
              </Field>
            ))}
        </FieldList>
      )}
      {mayChange && (
        <Group gap={8}>
          <Button
            variant="default"
            onClick={() => openDialog((props) => <QuotaDialog {...props} owner={owner} name={name} limits={limits} />)}
          >
            {t('change')}
          </Button>
          {Object.values(limits).some(({ isOwn }) => isOwn) && (
            <Button variant="subtle" onClick={() => void reset()}>
              {resetLabel}
            </Button>
          )}
        </Group>
      )}
    </section>
  );
}
