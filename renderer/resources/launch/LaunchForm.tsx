import { Button, NumberInput, Select, TextInput } from '@mantine/core';
import { IconPlus } from '@tabler/icons-react';
import { type FormEvent, useEffect, useReducer, useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { openDialog } from '../../design/dialogs/dialog.store.ts';
import { applyServerError } from '../../design/dialogs/server-field-error.ts';
import { ErrorAlert } from '../../design/ErrorAlert.tsx';
import { useOwnBounds } from '../../kernel/use-own-bounds.ts';
import { policyName } from '../server-groups/group-policy.ts';
import { AdvancedPart } from './AdvancedPart.tsx';
import { NewKeyDialog } from './dialogs/NewKeyDialog.tsx';
import { useLaunchChoices } from './hooks/use-launch-choices.ts';
import { useLaunchForm } from './hooks/use-launch-form.ts';
import { ImageChoice } from './ImageChoice.tsx';
import { LaunchSummary } from './LaunchSummary.tsx';
import classes from './launch.module.css';
import { type Launch, startLaunch } from './launch.store.ts';
import { limitUses, offeredFlavors } from './launch-fit.ts';
import { FIELD_NAMES, type LaunchValues, type LaunchWanted } from './launch-form.ts';
import { NetworkChoice } from './NetworkChoice.tsx';
import { SizeChoice } from './SizeChoice.tsx';
import { ZonePart } from './ZonePart.tsx';

/** At a time, of names that are found as one types. */
const OFFERED = 60;

export interface LaunchFormProps {
  wanted: LaunchWanted;
  /** As it was filled in before. */
  draft?: LaunchValues | undefined;
  onLaunched: (launch: Launch) => void;
}

/** From nothing to a machine on one page: everything has a guess, so that Launch alone is enough. */
export function LaunchForm({ wanted, draft, onLaunched }: LaunchFormProps) {
  const { t } = useTranslation('launch');
  const choices = useLaunchChoices();
  const { form, sources, source, flavor, choose, noteLeft, remember } = useLaunchForm(choices, wanted, draft);
  const [error, setError] = useState<unknown>(null);
  const [isBusy, setBusy] = useState(false);
  const page = useRef<HTMLFormElement>(null);
  const name = useRef<HTMLInputElement>(null);
  const values = form.getValues();
  const flavors = offeredFlavors(choices.flavors.data ?? []);
  const uses = limitUses(useOwnBounds(), flavor, Number(values.count) || 1);
  const groups = choices.groups.data ?? [];
  const failed = [choices.images, choices.flavors, choices.catalog].find((query) => query.error);

  // Not before there is something to replace, nor away from where the person is by then.
  const isNamed = values.name !== '';
  useEffect(() => {
    const at = document.activeElement;
    const isElsewhere = at?.closest('input, textarea, [role="dialog"], [role="menu"]') || page.current?.contains(at);
    if (isNamed && !isElsewhere) name.current?.focus();
  }, [isNamed]);

  // With what is drawn for the refusal itself: the field may be out of sight.
  const [refusals, showFirstError] = useReducer((count: number) => count + 1, 0);
  useEffect(() => {
    if (refusals === 0) return;
    const field = page.current?.querySelector<HTMLElement>('[aria-invalid="true"], [role="alert"]');
    field?.scrollIntoView({ block: 'center' });
    field?.focus();
  }, [refusals]);
  const submit = async (event: FormEvent): Promise<void> => {
    event.preventDefault();
    setError(null);
    if (form.validate().hasErrors || !source) return showFirstError();
    setBusy(true);
    try {
      const launch = await startLaunch(form.getValues(), source);
      remember();
      onLaunched(launch);
    } catch (failure) {
      if (applyServerError(form, failure, FIELD_NAMES)) showFirstError();
      else setError(failure);
    } finally {
      setBusy(false);
    }
  };

  return (
    <form ref={page} className={classes.page} onSubmit={(event) => void submit(event)} onBlur={noteLeft} noValidate>
      <div className={classes.form}>
        {failed && <ErrorAlert error={failed.error} onRetry={() => void failed.refetch()} />}
        <section className={classes.part}>
          <div className={classes.nameRow}>
            <TextInput
              ref={name}
              label={t('name')}
              {...form.getInputProps('name')}
              onChange={(event) => choose('name', event.currentTarget.value)}
              onFocus={(event) => event.currentTarget.select()}
            />
            <NumberInput
              label={t('count')}
              min={1}
              max={100}
              allowDecimal={false}
              allowNegative={false}
              {...form.getInputProps('count')}
            />
          </div>
        </section>
        <ImageChoice
          sources={sources}
          value={values.image}
          onChange={(id) => choose('image', id)}
          error={form.errors.image}
        />
        <SizeChoice
          flavors={flavors}
          source={source}
          value={values.flavor}
          onChange={(id) => choose('flavor', id)}
          error={form.errors.flavor}
        />
        <section className={classes.part}>
          <h2>{t('key')}</h2>
          <div className={classes.keyRow}>
            <Select
              className={classes.keySelect}
              aria-label={t('key')}
              searchable
              limit={OFFERED}
              data={[
                { value: '', label: t('noKey') },
                ...(choices.keypairs.data ?? []).map((key) => ({ value: key.name, label: key.name })),
              ]}
              {...form.getInputProps('key')}
              onChange={(name) => choose('key', name ?? '')}
            />
            <Button
              variant="default"
              leftSection={<IconPlus size={14} aria-hidden="true" />}
              onClick={() => openDialog((props) => <NewKeyDialog {...props} onMade={(name) => choose('key', name)} />)}
            >
              {t('newKey.open')}
            </Button>
          </div>
        </section>
        <NetworkChoice
          networks={choices.networks.data}
          value={values.networks}
          onChange={(ids) => choose('networks', ids)}
          error={form.errors.networks}
        />
        {(groups.length > 0 || values.group !== '') && (
          <section className={classes.part}>
            <h2>{t('group')}</h2>
            <Select
              className={classes.keySelect}
              aria-label={t('group')}
              searchable
              limit={OFFERED}
              description={t('groupHint')}
              inputWrapperOrder={['input', 'description', 'error']}
              data={[
                { value: '', label: t('noGroup') },
                ...groups.map(({ id, name, policy }) => ({
                  value: id,
                  label: t('groupChoice', { name, rule: policyName(policy) }),
                })),
              ]}
              {...form.getInputProps('group')}
              onChange={(id) => choose('group', id ?? '')}
            />
          </section>
        )}
        <ZonePart value={values.zone} onChange={(zone) => choose('zone', zone)} error={form.errors.zone} />
        <AdvancedPart form={form} />
      </div>
      <LaunchSummary
        form={form}
        source={source}
        flavor={flavor}
        group={groups.find(({ id }) => id === values.group)}
        uses={uses}
        error={error}
        isBusy={isBusy}
      />
    </form>
  );
}
