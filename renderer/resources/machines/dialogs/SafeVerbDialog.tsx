import { useForm } from '@mantine/form';
import { doSafely, doVerb } from '../../../api/compute.api.ts';
import { useSafety } from '../hooks/use-safety.tsx';
import { VerbForm } from './VerbForm.tsx';
import type { VerbDialogProps } from './verb-dialog.ts';

/** For a verb that asks nothing, and may wait for a snapshot that leads back. */
export function SafeVerbDialog(props: VerbDialogProps) {
  const { isSafe, choice } = useSafety(props.servers);
  const { offer } = props;
  return (
    <VerbForm
      {...props}
      form={useForm({ initialValues: {} })}
      each={({ id }) => (isSafe ? doSafely(id, offer.body) : doVerb(id, offer))}
    >
      {choice}
    </VerbForm>
  );
}
