import type { ServerView } from '../../../../app/contract/openstack.ts';
import type { VerbOffer } from '../../../../app/contract/verbs.ts';
import type { DialogProps } from '../../../design/dialogs/dialog.store.ts';

/** Of the dialog of a verb that asks something. */
export type VerbDialogProps = DialogProps & { offer: VerbOffer; servers: ServerView[] };
