import type { ServerView } from '../../../app/contract/openstack.ts';
import type { VerbOffer } from '../../../app/contract/verbs.ts';
import { t, textOf } from '../../i18n/i18n.ts';
import { counted } from './machine-confirmation.ts';

/** `npm run check` sees to it that every offer has its texts. */
export function verbText(offer: Pick<VerbOffer, 'name'>, text: string, servers: readonly ServerView[] = []): string {
  return textOf('machines', `verb.${offer.name}.${text}`, { ...counted(servers) });
}

/** Why nothing may be changed, in the words of who has locked it, if there are any. */
export function lockedReason(server: ServerView): string {
  const why = server.locked_reason;
  return why ? t('machines:reason.lockedBecause', { why }) : t('machines:reason.locked');
}
