import { TextInput } from '@mantine/core';
import { useForm } from '@mantine/form';
import type { VerbOffer } from '../../../../app/contract/verbs.ts';
import { doVerb } from '../../../api/compute.api.ts';
import { verbText } from '../verb-text.ts';
import { VerbForm } from './VerbForm.tsx';
import type { VerbDialogProps } from './verb-dialog.ts';

/** As `locked_reason` in Nova. */
const LONGEST = 255;

/** For a verb to which people may add a text. */
export function VerbTextDialog(props: VerbDialogProps) {
  const { offer } = props;
  const form = useForm({ initialValues: { text: '' } });
  const withText = (text: string): VerbOffer => {
    const added = Object.entries(offer.body).map(([key, value]) => [
      key,
      { ...Object(value), [offer.asks ?? '']: text },
    ]);
    return text === '' ? offer : { ...offer, body: Object.fromEntries(added) };
  };
  return (
    <VerbForm {...props} form={form} each={({ id }, { text }) => doVerb(id, withText(text.trim()))}>
      <TextInput label={verbText(offer, 'ask')} maxLength={LONGEST} data-autofocus {...form.getInputProps('text')} />
    </VerbForm>
  );
}
