import { IconCopy } from '@tabler/icons-react';
import type { Action } from '../../../design/actions/action.ts';
import { copyText } from '../../../design/clipboard.ts';
import { notifyDone } from '../../../design/notify.tsx';
import { yes } from '../../../design/verdict.ts';
import { t } from '../../../i18n/i18n.ts';
import type { KeyRow } from '../key-row.ts';

export const copyPublicKey: Action<KeyRow> = {
  id: 'key.copy-public',
  label: () => t('keys:action.copyPublic'),
  icon: IconCopy,
  group: 'use',
  can: () => yes,
  run: async (pair) => {
    if (await copyText(pair.public_key)) notifyDone(t('design:copied'));
  },
};
