import { IconHomePlus } from '@tabler/icons-react';
import type { Unclaimed } from '../../../../app/contract/unclaimed.ts';
import type { Action } from '../../../design/actions/action.ts';
import { openDialog } from '../../../design/dialogs/dialog.store.ts';
import { no } from '../../../design/verdict.ts';
import { t } from '../../../i18n/i18n.ts';
import { mayDo } from '../../../session/rights.ts';
import { AdoptDialog } from '../dialogs/AdoptDialog.tsx';

/** Makes a machine or an image of a project of it. */
export const adoptUnclaimedAction: Action<Unclaimed> = {
  id: 'unclaimed.adopt',
  label: () => t('hosts:unclaimed.adopt'),
  icon: IconHomePlus,
  bulk: 'none',
  can: (thing, user) => {
    if (thing.isGoing) return no(t('hosts:unclaimed.reason.going'));
    if (!thing.canAdopt) return no(t('hosts:unclaimed.reason.nothingKnown'));
    return mayDo('v1:unclaimed:adopt', user);
  },
  run: (thing) => openDialog((props) => <AdoptDialog {...props} thing={thing} />),
};
