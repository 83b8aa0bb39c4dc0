import { ActionIcon, Button, NumberInput, Select, TextInput, Tooltip } from '@mantine/core';
import type { UseFormReturnType } from '@mantine/form';
import { IconPlus, IconX } from '@tabler/icons-react';
import { useTranslation } from 'react-i18next';
import { MOST_AFTER } from '../../../app/contract/startup.ts';
import { useServers } from '../../kernel/use-servers.ts';
import classes from './machines.module.css';
import { hasPort, NEW_AFTER, type StartupForm } from './startup-form.ts';

const KINDS = ['running', 'guest-agent', 'tcp', 'http'] as const;
const OUTCOMES = ['start', 'stay'] as const;

/** The machines that one waits for, and until when. */
export function StartAfterFields({ form, serverId }: { form: UseFormReturnType<StartupForm>; serverId: string }) {
  const { t } = useTranslation(['startup', 'design']);
  const servers = useServers().data ?? [];
  const { after } = form.values;
  const choices = servers.filter(({ id }) => id !== serverId).map(({ id, name }) => ({ value: id, label: name }));
  return (
    <fieldset className={classes.after}>
      <legend>{t('after')}</legend>
      {after.length === 0 && <p className="muted">{t('afterNone')}</p>}
      {after.map(({ kind }, index) => {
        const field = (name: string) => form.getInputProps(`after.${index}.${name}`);
        return (
          // biome-ignore lint/suspicious/noArrayIndexKey: a row has no name before its machine is chosen
          <div key={index} className={classes.afterRow}>
            <Select
              label={t('afterMachine')}
              placeholder={t('afterChoose')}
              data={choices}
              searchable
              allowDeselect={false}
              nothingFoundMessage={t('design:nothingNamed')}
              {...field('server')}
            />
            <Select
              label={t('afterKind')}
              data={KINDS.map((value) => ({ value, label: t(`kind.${value}`) }))}
              allowDeselect={false}
              {...field('kind')}
            />
            <Tooltip label={t('afterRemove')}>
              <ActionIcon
                className={classes.afterRemove}
                aria-label={t('afterRemove')}
                onClick={() => form.removeListItem('after', index)}
              >
                <IconX size={16} />
              </ActionIcon>
            </Tooltip>
            <div className={classes.afterMore}>
              {hasPort(kind) && (
                <NumberInput
                  label={t('port')}
                  min={1}
                  max={65_535}
                  allowDecimal={false}
                  allowNegative={false}
                  {...field('port')}
                />
              )}
              {kind === 'http' && (
                <>
                  <TextInput label={t('path')} maxLength={1024} {...field('path')} />
                  <NumberInput
                    label={t('httpStatus')}
                    placeholder="200–399"
                    min={100}
                    max={599}
                    allowDecimal={false}
                    {...field('status')}
                  />
                </>
              )}
              <NumberInput
                label={t('timeout')}
                min={1}
                max={86_400}
                suffix={' s'}
                allowDecimal={false}
                allowNegative={false}
                {...field('timeoutSeconds')}
              />
              <Select
                label={t('onTimeout')}
                data={OUTCOMES.map((value) => ({ value, label: t(`outcome.${value}`) }))}
                allowDeselect={false}
                {...field('onTimeout')}
              />
            </div>
          </div>
        );
      })}
      {after.length < MOST_AFTER && (
        <Button
          variant="default"
          style={{ justifySelf: 'start' }}
          leftSection={<IconPlus size={14} aria-hidden="true" />}
          disabled={choices.length === 0}
          onClick={() => form.insertListItem('after', { ...NEW_AFTER })}
        >
          {t('afterAdd')}
        </Button>
      )}
    </fieldset>
  );
}
