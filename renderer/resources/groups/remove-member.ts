import { addMember, removeMember } from '../../api/group.api.ts';
import { notifyWithUndo } from '../../design/notify.tsx';
import { t } from '../../i18n/i18n.ts';

interface Named {
  id: string;
  name: string;
}

/** Out of the group, and back with one click. */
export async function removeMemberWithUndo(group: Named, user: Named): Promise<void> {
  await removeMember(group.id, user.id);
  notifyWithUndo(t('groups:removed', { user: user.name, group: group.name }), () => addMember(group.id, user.id));
}
