import { Alert, Button, NumberInput, Select } from '@mantine/core';
import { useForm } from '@mantine/form';
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { ServerView } from '../../../../app/contract/openstack.ts';
import type { StartupView } from '../../../../app/contract/startup.ts';
import { keys } from '../../../api/query-keys.ts';
import { getStartup, putStartup } from '../../../api/startup.api.ts';
import { useServerError } from '../../../design/dialogs/use-server-error.ts';
import { ErrorAlert } from '../../../design/ErrorAlert.tsx';
import { ReasonedButton } from '../../../design/ReasonedButton.tsx';
import { no } from '../../../design/verdict.ts';
import { StartupWaves } from '../../../kernel/StartupWaves.tsx';
import { choiceText } from '../../../kernel/startup-text.ts';
import { mayDo } from '../../../session/rights.ts';
import { useCurrentUser } from '../../../session/use-current-user.ts';
import { MachineGroups } from '../MachineGroups.tsx';
import classes from '../machines.module.css';
import { StartAfterFields } from '../StartAfterFields.tsx';
import { fromStartupForm, type StartupForm, startupProblems, toStartupForm } from '../startup-form.ts';

const CHOICES = ['default', 'as-before', 'always', 'never'] as const;

/** Whether the machine starts with its host, in which order, and after which others. */
export function StartupTab({ server }: { server: ServerView }) {
  const { t } = useTranslation('startup');
  const startup = useQuery({
    queryKey: keys.servers.startup(server.id),
    queryFn: ({ signal }) => getStartup(server.id, signal),
  });
  return (
    <div className={classes.overview}>
      <div className={classes.column}>
        <section className={classes.card}>
          <div className={classes.cardHead}>
            <h2>{t('title')}</h2>
          </div>
          <div className={classes.cardBody}>
            {startup.error && !startup.data && (
              <ErrorAlert error={startup.error} onRetry={() => void startup.refetch()} />
            )}
            {startup.data && (
              <StartupFields key={JSON.stringify(startup.data)} serverId={server.id} startup={startup.data} />
            )}
          </div>
        </section>
        <MachineGroups server={server} />
      </div>
      <div className={classes.column}>
        <section className={classes.card}>
          <div className={classes.cardHead}>
            <h2>{t('order.title')}</h2>
          </div>
          <div className={classes.cardBody}>
            <StartupWaves ownId={server.id} />
          </div>
        </section>
      </div>
    </div>
  );
}

/** The form of what is stored; made anew when that changes. */
function StartupFields({ serverId, startup }: { serverId: string; startup: StartupView }) {
  const { t } = useTranslation('startup');
  const queries = useQueryClient();
  const right = mayDo('v1:servers:startup:update', useCurrentUser());
  const [isBusy, setBusy] = useState(false);
  const form = useForm<StartupForm>({ initialValues: toStartupForm(startup), validate: startupProblems });
  const refusal = useServerError(form);
  const save = form.onSubmit(async (values) => {
    refusal.clear();
    setBusy(true);
    try {
      await putStartup(serverId, fromStartupForm(values));
      await queries.invalidateQueries({ queryKey: keys.servers.startups });
    } catch (failure) {
      refusal.show(failure);
    } finally {
      setBusy(false);
    }
  });
  const labelOf = (choice: (typeof CHOICES)[number]) =>
    choice === 'default' ? t('choice.defaultIs', { choice: choiceText(startup.default) }) : choiceText(choice);
  return (
    <form ref={refusal.form} onSubmit={save} noValidate className={classes.startup}>
      <Select
        label={t('start')}
        description={t(`startHelp.${form.values.start === 'default' ? startup.default : form.values.start}`)}
        data={CHOICES.map((value) => ({ value, label: labelOf(value) }))}
        allowDeselect={false}
        {...form.getInputProps('start')}
      />
      <div className={classes.startupPair}>
        <NumberInput
          label={t('orderNumber')}
          description={t('orderHelp')}
          placeholder={t('orderNone')}
          min={0}
          max={9999}
          allowDecimal={false}
          allowNegative={false}
          {...form.getInputProps('order')}
        />
        <NumberInput
          label={t('delay')}
          description={t('delayHelp')}
          min={0}
          max={86_400}
          suffix={' s'}
          allowDecimal={false}
          allowNegative={false}
          {...form.getInputProps('delaySeconds')}
        />
      </div>
      <StartAfterFields form={form} serverId={serverId} />
      {form.errors.after && (
        <Alert role="alert" color="red">
          {form.errors.after}
        </Alert>
      )}
      {refusal.error !== null && <ErrorAlert error={refusal.error} />}
      <div className={classes.startupEnd}>
        {form.isDirty() && (
          <Button variant="default" disabled={isBusy} onClick={() => form.reset()}>
            {t('undo')}
          </Button>
        )}
        <ReasonedButton
          verdict={right.allowed && !form.isDirty() ? no(t('unchanged')) : right}
          loading={isBusy}
          onClick={() => save()}
        >
          {t('save')}
        </ReasonedButton>
      </div>
    </form>
  );
}
