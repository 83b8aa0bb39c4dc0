import { Alert, Collapse, FileButton, Select, SimpleGrid, Switch, TagsInput, TextInput } from '@mantine/core';
import { useForm } from '@mantine/form';
import { IconChevronDown, IconChevronRight, IconFile, IconUpload } from '@tabler/icons-react';
import { useEffect, useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { CloudError } from '../../../api/cloud-error.ts';
import { isBeingEdited } from '../../../design/being-edited.ts';
import { formatBytes } from '../../../design/byte-size.ts';
import type { DialogProps } from '../../../design/dialogs/dialog.store.ts';
import { openDialog } from '../../../design/dialogs/dialog.store.ts';
import { FormDialog } from '../../../design/dialogs/FormDialog.tsx';
import { GibInput } from '../../../design/GibInput.tsx';
import { KeyValueEditor } from '../../../design/KeyValueEditor.tsx';
import { MemoryInput } from '../../../design/MemoryInput.tsx';
import { OwnLimit } from '../../../kernel/OwnLimit.tsx';
import { useCurrentUser } from '../../../session/use-current-user.ts';
import { type DetectedFormat, DISK_FORMATS, detectFormat, readEnds, suggestImageName } from '../disk-format.ts';
import { FormatHint } from '../FormatHint.tsx';
import {
  amountProblem,
  nameProblem,
  newUploadForm,
  propertiesProblem,
  toNewImage,
  UPLOAD_FIELD_NAMES,
  type UploadForm,
} from '../image-form.ts';
import { visibilityData } from '../image-state.ts';
import classes from '../images.module.css';
import { uploadNewImage } from '../upload-image.ts';
import { UploadProgressDialog } from './UploadProgressDialog.tsx';

/** Limits of sizes are counted in these. */
const MIB = 1024 * 1024;

export interface UploadImageDialogProps extends DialogProps {
  file: File | null;
  /** Where the upload is shown otherwise than in a dialog of its own. */
  onStarted?: ((imageId: string) => void) | undefined;
}

/** A file, what it is, and who may use it; the upload itself goes on without the dialog. */
export function UploadImageDialog({ file: given, onStarted, ...props }: UploadImageDialogProps) {
  const { t } = useTranslation('images');
  const user = useCurrentUser();
  const [file, setFile] = useState<File | null>(given);
  const [detected, setDetected] = useState<DetectedFormat | null>(null);
  const [isFileMissing, setFileMissing] = useState(false);
  const [showsMore, setShowsMore] = useState(false);
  const form = useForm<UploadForm>({
    initialValues: newUploadForm(),
    validate: {
      name: nameProblem,
      minDisk: amountProblem,
      minRam: amountProblem,
      properties: propertiesProblem,
    },
  });
  const newest = useRef<File | null>(null);
  const looking = useRef(Promise.resolve());
  const take = (chosen: File): void => {
    newest.current = chosen;
    setFile(chosen);
    setFileMissing(false);
    if (!form.isDirty('name')) form.setFieldValue('name', suggestImageName(chosen.name));
    looking.current = lookAt(chosen);
  };
  const lookAt = async (chosen: File): Promise<void> => {
    const { format } = form.getValues();
    const found = detectFormat(chosen.name, await readEnds(chosen));
    // Another file may have been chosen meanwhile, or a format by hand.
    if (newest.current !== chosen) return;
    setDetected(found);
    if (form.getValues().format === format && !isBeingEdited('format')) form.setFieldValue('format', found.format);
  };
  // biome-ignore lint/correctness/useExhaustiveDependencies: the file one came with, once
  useEffect(() => {
    if (given) take(given);
  }, []);

  const submit = async (chosen: File): Promise<void> => {
    // Whoever is quicker than the disk has not chosen the format that still stands there. What cannot be read fails below.
    await looking.current.catch(() => {});
    const values = form.getValues();
    const { image } = await uploadNewImage(toNewImage(values), chosen);
    if (onStarted) return onStarted(image.id);
    openDialog((dialog) => <UploadProgressDialog {...dialog} imageId={image.id} name={values.name.trim()} />);
  };

  return (
    <FormDialog
      {...props}
      title={t('upload.title')}
      form={form}
      size={560}
      submitLabel={t('upload.submit')}
      fieldNames={UPLOAD_FIELD_NAMES}
      onSubmit={async () => {
        if (file) return await submit(file);
        setFileMissing(true);
        throw new CloudError(t('problem.fileMissing'), { status: 0, code: 'bad_request', origin: 'user' });
      }}
    >
      <FileButton onChange={(chosen) => chosen && take(chosen)}>
        {(button) => (
          <button
            type="button"
            {...button}
            className={classes.fileField}
            data-empty={file === null || undefined}
            data-error={isFileMissing || undefined}
            data-autofocus={file === null || undefined}
          >
            {file ? (
              <>
                <IconFile size={20} stroke={1.5} aria-hidden="true" />
                <span className={classes.fileName}>
                  <strong className="truncate">{file.name}</strong>
                  <span className="muted numeric">{formatBytes(file.size)}</span>
                </span>
                <span className={classes.fileOther}>{t('upload.other')}</span>
              </>
            ) : (
              <>
                <IconUpload size={20} stroke={1.5} aria-hidden="true" />
                <span className={classes.fileName}>
                  <strong>{t('upload.choose')}</strong>
                  <span className="muted">{t('upload.chooseText')}</span>
                </span>
              </>
            )}
          </button>
        )}
      </FileButton>
      {detected?.packedAs && (
        <Alert color="yellow" variant="light" className={classes.packed}>
          {t('upload.packed', { packing: detected.packedAs })}
        </Alert>
      )}
      {detected?.foreign && (
        <Alert color="yellow" variant="light" className={classes.packed}>
          {t('upload.foreign', { format: detected.foreign })}
        </Alert>
      )}
      <TextInput label={t('name')} required withAsterisk={false} {...form.getInputProps('name')} />
      <SimpleGrid cols={2} spacing={12}>
        <Select
          label={t('format')}
          data={[...DISK_FORMATS]}
          description={<FormatHint detected={detected} chosen={form.values.format} />}
          inputWrapperOrder={['label', 'input', 'description', 'error']}
          {...form.getInputProps('format')}
        />
        <Select
          label={t('visibleTo')}
          data={visibilityData(user.isAdmin)}
          inputWrapperOrder={['label', 'input', 'description', 'error']}
          description={t(`visibilityHint.${form.values.visibility}`)}
          {...form.getInputProps('visibility')}
        />
      </SimpleGrid>
      <OwnLimit resource="images" adds={1} />
      <OwnLimit resource="image_size_total" adds={Math.ceil((file?.size ?? 0) / MIB)} />
      <button type="button" className={classes.more} aria-expanded={showsMore} onClick={() => setShowsMore(!showsMore)}>
        {showsMore ? <IconChevronDown size={14} /> : <IconChevronRight size={14} />}
        {t('upload.more')}
      </button>
      <Collapse expanded={showsMore}>
        <div className={classes.moreFields}>
          <SimpleGrid cols={2} spacing={12}>
            <GibInput label={t('minDisk')} {...form.getInputProps('minDisk')} />
            <MemoryInput label={t('minRam')} {...form.getInputProps('minRam')} />
          </SimpleGrid>
          <TagsInput label={t('tags')} placeholder={t('tagsPlaceholder')} {...form.getInputProps('tags')} />
          <KeyValueEditor
            label={t('properties')}
            description={t('propertiesHint')}
            keyPlaceholder="os_distro"
            value={form.values.properties}
            onChange={(pairs) => form.setFieldValue('properties', pairs)}
            error={typeof form.errors.properties === 'string' ? form.errors.properties : undefined}
          />
          <Switch label={t('protect')} {...form.getInputProps('isProtected', { type: 'checkbox' })} />
        </div>
      </Collapse>
    </FormDialog>
  );
}
