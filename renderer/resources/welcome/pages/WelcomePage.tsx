import { Button, Select, TextInput } from '@mantine/core';
import { IconFileImport, IconPlus, IconRocket, IconUpload } from '@tabler/icons-react';
import { useNavigate } from '@tanstack/react-router';
import { type FormEvent, useCallback, useEffect, useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { openDialog } from '../../../design/dialogs/dialog.store.ts';
import { useServerError } from '../../../design/dialogs/use-server-error.ts';
import { ErrorAlert } from '../../../design/ErrorAlert.tsx';
import { Page, PageHeader } from '../../../design/PageHeader.tsx';
import { NeedsRight } from '../../../session/NeedsRight.tsx';
import { openUploadDialog } from '../../images/dialogs/open-upload-dialog.tsx';
import { useFileDrop } from '../../images/hooks/use-file-drop.ts';
import { CreateKeyDialog } from '../../keys/dialogs/CreateKeyDialog.tsx';
import { ImportKeyDialog } from '../../keys/dialogs/ImportKeyDialog.tsx';
import { ChoiceCards } from '../../launch/ChoiceCards.tsx';
import { useLaunchChoices } from '../../launch/hooks/use-launch-choices.ts';
import { useLaunchForm } from '../../launch/hooks/use-launch-form.ts';
import { ImageChoice } from '../../launch/ImageChoice.tsx';
import { startLaunch } from '../../launch/launch.store.ts';
import { offeredFlavors, tooSmall } from '../../launch/launch-fit.ts';
import { FIELD_NAMES } from '../../launch/launch-form.ts';
import { describeSize } from '../../machines/machine-state.ts';
import { ComputerStep } from '../ComputerStep.tsx';
import { StepCard } from '../StepCard.tsx';
import { UploadedImage } from '../UploadedImage.tsx';
import classes from '../welcome.module.css';
import { dismissWelcome } from '../welcome-conditions.ts';

/** The way from nothing to the first machine, for who may make one. */
export function WelcomePage() {
  const { t } = useTranslation('welcome');
  return (
    <NeedsRight rule="os_compute_api:servers:create" title={t('noRight')}>
      <FirstSteps />
    </NeedsRight>
  );
}

/** What this computer can do, an image, a size; then it starts. */
function FirstSteps() {
  const { t } = useTranslation('welcome');
  const navigate = useNavigate();
  const choices = useLaunchChoices();
  const { form, sources, source, choose, remember } = useLaunchForm(choices, {});
  const [uploadId, setUploadId] = useState<string | null>(null);
  const refusal = useServerError(form, FIELD_NAMES);
  const [isBusy, setBusy] = useState(false);
  const values = form.getValues();
  const failed = [choices.images, choices.flavors, choices.catalog].find((query) => query.error);
  const upload = useCallback((files: File[]) => openUploadDialog(files.slice(0, 1), setUploadId), []);
  useFileDrop(upload);
  // What was uploaded is what one starts from, once it is there; what is chosen after that stays.
  const taken = useRef<string | null>(null);
  useEffect(() => {
    if (!uploadId || taken.current === uploadId || !sources?.some((each) => each.id === uploadId)) return;
    taken.current = uploadId;
    choose('image', uploadId);
  });

  const skip = (): void => {
    dismissWelcome();
    void navigate({ to: '/machines' });
  };
  const submit = async (event: FormEvent): Promise<void> => {
    event.preventDefault();
    refusal.clear();
    if (form.validate().hasErrors || !source) return;
    setBusy(true);
    try {
      const launch = await startLaunch(form.getValues(), source);
      remember();
      dismissWelcome();
      await navigate({ to: '/launch', search: { run: launch.serverId ?? launch.id } });
    } catch (failure) {
      refusal.show(failure);
    } finally {
      setBusy(false);
    }
  };

  return (
    <Page isScrolling>
      <PageHeader
        title={t('title')}
        actions={
          <Button variant="subtle" onClick={skip}>
            {t('skip')}
          </Button>
        }
      />
      <form ref={refusal.form} className={classes.body} onSubmit={(event) => void submit(event)} noValidate>
        <p className={classes.intro}>{t('intro')}</p>
        <ComputerStep />
        <StepCard
          number={2}
          title={t('image.title')}
          actions={
            <Button
              variant="subtle"
              leftSection={<IconUpload size={16} aria-hidden="true" />}
              onClick={() => upload([])}
            >
              {t('image.upload')}
            </Button>
          }
        >
          {uploadId && <UploadedImage imageId={uploadId} />}
          {failed && <ErrorAlert error={failed.error} onRetry={() => void failed.refetch()} />}
          <p className={`muted ${classes.aside}`}>{t('image.text')}</p>
          <div className={classes.images}>
            <ImageChoice
              sources={sources}
              value={values.image}
              onChange={(id) => choose('image', id)}
              error={form.errors.image}
            />
          </div>
        </StepCard>
        <StepCard number={3} title={t('machine.title')}>
          <div className={classes.fields}>
            <TextInput
              label={t('machine.name')}
              autoComplete="off"
              {...form.getInputProps('name')}
              onChange={(event) => choose('name', event.currentTarget.value)}
            />
            <Select
              label={t('machine.key')}
              data={[
                { value: '', label: t('machine.noKey') },
                ...(choices.keypairs.data ?? []).map((pair) => ({ value: pair.name, label: pair.name })),
              ]}
              value={values.key}
              onChange={(name) => choose('key', name ?? '')}
              error={form.errors.key}
            />
            <div className={classes.keyButtons}>
              <Button
                variant="default"
                leftSection={<IconPlus size={14} aria-hidden="true" />}
                onClick={() =>
                  openDialog((props) => <CreateKeyDialog {...props} onCreated={(name) => choose('key', name)} />)
                }
              >
                {t('machine.createKey')}
              </Button>
              <Button
                variant="default"
                leftSection={<IconFileImport size={14} aria-hidden="true" />}
                onClick={() =>
                  openDialog((props) => <ImportKeyDialog {...props} onCreated={(name) => choose('key', name)} />)
                }
              >
                {t('machine.importKey')}
              </Button>
            </div>
          </div>
          <ChoiceCards
            label={t('machine.size')}
            value={values.flavor}
            onChange={(id) => choose('flavor', id)}
            error={form.errors.flavor}
            choices={offeredFlavors(choices.flavors.data ?? []).map((flavor) => ({
              id: flavor.id,
              title: flavor.name,
              text: describeSize(flavor),
              reason: tooSmall(flavor, source),
            }))}
          />
          {refusal.error !== null && <ErrorAlert error={refusal.error} title={t('refused')} />}
          <div className={classes.launch}>
            <Button type="submit" size="sm" loading={isBusy} leftSection={<IconRocket size={16} aria-hidden="true" />}>
              {t('launch')}
            </Button>
            <span className="muted">{t('launchText')}</span>
          </div>
        </StepCard>
      </form>
    </Page>
  );
}
