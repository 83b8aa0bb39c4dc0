import { IconTrash } from '@tabler/icons-react';
import { type ApplicationCredential, deleteApplicationCredential } from '../../../api/account.api.ts';
import { queryClient } from '../../../api/query-client.ts';
import { keys } from '../../../api/query-keys.ts';
import type { Action } from '../../../design/actions/action.ts';
import { yes } from '../../../design/verdict.ts';
import { t } from '../../../i18n/i18n.ts';

export const deleteApplicationCredentials: Action<ApplicationCredential> = {
  id: 'application-credential.delete',
  label: () => t('account:delete'),
  icon: IconTrash,
  bulk: 'button',
  isDangerous: true,
  can: () => yes,
  confirm: (credentials) => ({
    title: t('account:application.deleteTitle', { count: credentials.length, name: credentials[0]?.name ?? '' }),
    text: t('account:application.deleteText', { count: credentials.length }),
    confirmLabel: t('account:delete'),
    isDangerous: true,
  }),
  run: async ({ user_id, id }) => {
    try {
      await deleteApplicationCredential(user_id, id);
    } finally {
      await queryClient.invalidateQueries({ queryKey: keys.account.applicationCredentials });
    }
  },
};
