import { NumberInput, TextInput } from '@mantine/core';
import { useForm } from '@mantine/form';
import { useNavigate } from '@tanstack/react-router';
import { useTranslation } from 'react-i18next';
import type { ServerView } from '../../../../app/contract/openstack.ts';
import type { VerbOffer } from '../../../../app/contract/verbs.ts';
import { doImageVerb } from '../../../api/compute.api.ts';
import type { DialogProps } from '../../../design/dialogs/dialog.store.ts';
import { FormDialog } from '../../../design/dialogs/FormDialog.tsx';
import { notifyDone, notifyWithWay } from '../../../design/notify.tsx';
import { verbText } from '../verb-text.ts';

/** As names in Nova. */
const LONGEST = 255;
/** Stands for the name of each machine. */
const MACHINE = '{machine}';

/** For a verb that has to be told something: what its image is called, how many stay. */
export function VerbFieldsDialog(props: DialogProps & { offer: VerbOffer; servers: ServerView[] }) {
  const { offer, servers, ...dialog } = props;
  const { t } = useTranslation('machines');
  const navigate = useNavigate();
  const form = useForm<Record<string, string | number>>({
    initialValues: Object.fromEntries(
      offer.fields.map(({ name, kind }) => [name, kind === 'count' ? 7 : name === 'name' ? firstName(servers) : '']),
    ),
    validate: (values) =>
      Object.fromEntries(
        offer.fields.flatMap(({ name }) =>
          String(values[name] ?? '').trim() === '' ? [[name, t('fieldMissing')]] : [],
        ),
      ),
  });
  return (
    <FormDialog
      {...dialog}
      title={verbText(offer, 'title', servers)}
      form={form}
      submitLabel={verbText(offer, 'label')}
      onSubmit={async (values) => {
        const images = await Promise.all(
          servers.map((server) => doImageVerb(server.id, filled(offer, values, server.name))),
        );
        const message = verbText(offer, 'begun', servers);
        const [id] = images;
        if (images.length > 1 || !id) return notifyDone(message);
        notifyWithWay(message, {
          label: t('showImage'),
          run: () => void navigate({ to: '/images/$id', params: { id } }),
        });
      }}
    >
      <p>{verbText(offer, 'text', servers)}</p>
      {offer.fields.map(({ name, kind }, index) => {
        const shown = {
          label: verbText(offer, `field.${name}.label`),
          // What stands for a name is of use where there are several.
          description: name === 'name' && servers.length === 1 ? undefined : verbText(offer, `field.${name}.help`),
          ...(index === 0 && { 'data-autofocus': true }),
          ...form.getInputProps(name),
        };
        return kind === 'count' ? (
          <NumberInput key={name} {...shown} min={0} allowDecimal={false} />
        ) : (
          <TextInput key={name} {...shown} maxLength={LONGEST} />
        );
      })}
    </FormDialog>
  );
}

/** Of one machine its own name, as it stays; of several what becomes the name of each. */
function firstName([server, ...more]: readonly ServerView[]): string {
  const date = new Date().toISOString().slice(0, 10);
  const name = server && more.length === 0 ? server.name : MACHINE;
  return `${name.slice(0, LONGEST - date.length - 1)} ${date}`;
}

/** The offer with what was said, for that machine. */
function filled(offer: VerbOffer, values: Record<string, string | number>, machine: string): VerbOffer {
  const said = Object.entries(values).map(([name, value]) => [
    name,
    typeof value === 'string' ? value.replaceAll(MACHINE, machine).trim().slice(0, LONGEST) : value,
  ]);
  const body = Object.entries(offer.body).map(([key, value]) => [
    key,
    { ...Object(value), ...Object.fromEntries(said) },
  ]);
  return { ...offer, body: Object.fromEntries(body) };
}
