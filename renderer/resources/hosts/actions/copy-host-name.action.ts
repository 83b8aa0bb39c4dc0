import { IconCopy } from '@tabler/icons-react';
import type { HostView } from '../../../../app/contract/v1.ts';
import type { Action } from '../../../design/actions/action.ts';
import { copyText } from '../../../design/clipboard.ts';
import { notifyDone } from '../../../design/notify.tsx';
import { yes } from '../../../design/verdict.ts';
import { t } from '../../../i18n/i18n.ts';

export const copyHostName: Action<HostView> = {
  id: 'host.copy-name',
  label: () => t('hosts:action.copyName'),
  icon: IconCopy,
  can: () => yes,
  run: async (host) => {
    if (await copyText(host.name)) notifyDone(t('design:copied'));
  },
};
