import type { ServerView } from '../../../../app/contract/openstack.ts';
import type { VerbOffer } from '../../../../app/contract/verbs.ts';
import { FormDialog, type FormDialogProps } from '../../../design/dialogs/FormDialog.tsx';
import { nameLines } from '../machine-confirmation.ts';
import { verbText } from '../verb-text.ts';

type VerbFormProps<V extends Record<string, unknown>> = Omit<
  FormDialogProps<V>,
  'title' | 'submitLabel' | 'onSubmit'
> & {
  offer: VerbOffer;
  servers: ServerView[];
  /** The call for one of them. */
  each: (server: ServerView, values: V) => Promise<unknown>;
};

/** The dialog of a verb: what it does and costs, to which machines, and what it must be told. */
export function VerbForm<V extends Record<string, unknown>>(props: VerbFormProps<V>) {
  const { offer, servers, each, children, ...dialog } = props;
  return (
    <FormDialog
      isDangerous={offer.isDangerous}
      {...dialog}
      title={verbText(offer, 'title', servers)}
      submitLabel={verbText(offer, 'label')}
      onSubmit={(values) => Promise.all(servers.map((server) => each(server, values)))}
    >
      <p>{verbText(offer, 'text', servers)}</p>
      {servers.length > 1 && (
        <ul>
          {nameLines(servers).map((line) => (
            <li key={line}>{line}</li>
          ))}
        </ul>
      )}
      {children}
    </FormDialog>
  );
}
