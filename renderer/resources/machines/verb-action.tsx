import { type Icon, IconBolt } from '@tabler/icons-react';
import type { RuleName } from '../../../app/contract/generated/rules.ts';
import type { ServerView } from '../../../app/contract/openstack.ts';
import type { VerbOffer } from '../../../app/contract/verbs.ts';
import { doVerb } from '../../api/compute.api.ts';
import type { CurrentUser } from '../../api/session.ts';
import type { Action } from '../../design/actions/action.ts';
import type { Confirmation } from '../../design/dialogs/confirm.store.ts';
import { openDialog } from '../../design/dialogs/dialog.store.ts';
import { no, type Verdict, yes } from '../../design/verdict.ts';
import { optionalText, t } from '../../i18n/i18n.ts';
import { mayDo } from '../../session/rights.ts';
import { SafeVerbDialog } from './dialogs/SafeVerbDialog.tsx';
import { VerbFieldsDialog } from './dialogs/VerbFieldsDialog.tsx';
import { nameLines } from './machine-confirmation.ts';
import { describeMachineState, statusLabel } from './machine-state.ts';
import { verbDialog } from './verb-dialogs.ts';
import { VERB_ICONS } from './verb-icons.ts';
import { lockedReason, verbText } from './verb-text.ts';

/** What the controller offers to do, as an action of menus, lists and the palette. */
export function verbAction(offer: VerbOffer): Action<ServerView> {
  const { name, group, bulk, isDangerous } = offer;
  const dialogOf = dialogFor(offer);
  const icon: Icon = VERB_ICONS[name] ?? IconBolt;
  return {
    ...{ id: `machine.${name}`, icon, group, bulk, isDangerous },
    label: () => verbText(offer, 'label'),
    can: (server, user) => verdictOn(offer, server, user),
    isMeantFor: (server) => isMeantFor(offer, server),
    run: (server) => doVerb(server.id, offer),
    ...(dialogOf === null
      ? { confirm: (servers) => questionOf(offer, servers) }
      : {
          runAll: (servers) => {
            const Dialog = dialogOf;
            return openDialog((props) => <Dialog {...props} offer={offer} servers={servers} />);
          },
        }),
  };
}

/** Most machines are in one of these. */
const USUAL_STATES = ['active', 'stopped'];

/** What a machine in a usual state can have done to it, and what those in its own state can. */
function isMeantFor({ allowed: { vm }, isFor }: VerbOffer, server: ServerView): boolean {
  if (isFor !== null && server.locked !== (isFor === 'locked')) return false;
  return vm === null || USUAL_STATES.some((state) => vm.includes(state)) || vm.includes(server['OS-EXT-STS:vm_state']);
}

/** What asks for more than yes or no. */
function dialogFor({ asks, fields, canBeSafe }: VerbOffer) {
  if (fields.length > 0) return VerbFieldsDialog;
  if (canBeSafe && asks === null) return SafeVerbDialog;
  return asks === null ? null : verbDialog(asks);
}

/** As the controller decides it, so that nothing is offered that it would refuse. */
function verdictOn(offer: VerbOffer, server: ServerView, user: CurrentUser): Verdict {
  const right = mayDo(offer.rule as RuleName, user);
  if (!right.allowed) return right;
  if (server.locked && !user.isAdmin && !offer.passesLock) return no(lockedReason(server));
  if (offer.isFor !== null && server.locked !== (offer.isFor === 'locked')) {
    return no(server.locked ? t('machines:reason.lockedAlready') : t('machines:reason.notLocked'));
  }
  const { vm, tasks } = offer.allowed;
  if (tasks !== null && !tasks.includes(server['OS-EXT-STS:task_state'])) {
    return no(t('machines:reason.busy', { state: describeMachineState(server).label }));
  }
  if (vm === null) return yes;
  if (server['OS-SRV-USG:launched_at'] === null) return no(t('machines:reason.neverRan'));
  if (vm.includes(server['OS-EXT-STS:vm_state'])) return yes;
  return no(t('machines:reason.state', { state: statusLabel(server.status) }));
}

function questionOf(offer: VerbOffer, servers: ServerView[]): Confirmation | null {
  if (offer.confirms === 'several' && servers.length < 2) return null;
  const wayBack = optionalText(`machines:verb.${offer.name}.wayBack`, '');
  return {
    title: verbText(offer, 'title', servers),
    text: verbText(offer, 'text', servers),
    consequences: servers.length > 1 ? nameLines(servers) : [],
    ...(wayBack !== '' && { wayBack }),
    confirmLabel: verbText(offer, 'label'),
    isDangerous: offer.isDangerous,
  };
}
