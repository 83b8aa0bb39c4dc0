import { ActionIcon, Button, PasswordInput, Textarea, TextInput } from '@mantine/core';
import type { UseFormReturnType } from '@mantine/form';
import { randomId } from '@mantine/hooks';
import { IconChevronDown, IconChevronRight, IconPlus, IconX } from '@tabler/icons-react';
import { Fragment, useState } from 'react';
import { useTranslation } from 'react-i18next';
import classes from './launch.module.css';
import { isUserDataUnusual, type LaunchValues } from './launch-form.ts';

const FIELDS = ['userData', 'metadata', 'adminPass', 'hostname', 'description'] as const;

/** What most launches leave as it is. Opens by itself when something in it was refused. */
export function AdvancedPart({ form }: { form: UseFormReturnType<LaunchValues> }) {
  const { t } = useTranslation('launch');
  const [isOpen, setOpen] = useState(false);
  const isShown = isOpen || FIELDS.some((field) => form.errors[field]);
  const Chevron = isShown ? IconChevronDown : IconChevronRight;
  return (
    <section className={classes.part}>
      <button type="button" className={classes.more} aria-expanded={isShown} onClick={() => setOpen(!isShown)}>
        <Chevron size={16} aria-hidden="true" />
        {t('advanced')}
      </button>
      {isShown && (
        <div className={classes.advanced}>
          <div className={classes.pair}>
            <TextInput label={t('hostname')} description={t('hostnameHint')} {...form.getInputProps('hostname')} />
            <PasswordInput
              label={t('adminPass')}
              description={t('adminPassHint')}
              autoComplete="new-password"
              {...form.getInputProps('adminPass')}
            />
          </div>
          <TextInput label={t('description')} maw={720} {...form.getInputProps('description')} />
          <Textarea
            label={t('userData')}
            description={t('userDataHint')}
            placeholder={'#cloud-config\nruncmd:\n  - echo hello'}
            maw={720}
            minRows={4}
            maxRows={16}
            autosize
            spellCheck={false}
            classNames={{ input: classes.code }}
            {...form.getInputProps('userData')}
          />
          {isUserDataUnusual(form.getValues().userData) && <span className="muted">{t('userDataUnusual')}</span>}
          <MetadataRows form={form} />
        </div>
      )}
    </section>
  );
}

function MetadataRows({ form }: { form: UseFormReturnType<LaunchValues> }) {
  const { t } = useTranslation('launch');
  const rows = form.getValues().metadata;
  return (
    <div>
      <div className={classes.label}>{t('metadata')}</div>
      <div className={classes.metadata}>
        {rows.map((row, index) => (
          <Fragment key={row.key}>
            <TextInput
              aria-label={t('metadataName')}
              placeholder={t('metadataName')}
              {...form.getInputProps(`metadata.${index}.name`)}
            />
            <TextInput
              aria-label={t('metadataValue')}
              placeholder={t('metadataValue')}
              {...form.getInputProps(`metadata.${index}.value`)}
            />
            <ActionIcon aria-label={t('metadataRemove')} onClick={() => form.removeListItem('metadata', index)}>
              <IconX size={16} />
            </ActionIcon>
          </Fragment>
        ))}
      </div>
      {form.errors.metadata && (
        <div className={classes.fieldError} role="alert">
          {form.errors.metadata}
        </div>
      )}
      <Button
        variant="subtle"
        mt={rows.length > 0 ? 8 : 0}
        leftSection={<IconPlus size={14} aria-hidden="true" />}
        onClick={() => form.insertListItem('metadata', { key: randomId(), name: '', value: '' })}
      >
        {t('metadataAdd')}
      </Button>
    </div>
  );
}
