import { IconCopy, IconPlus, IconTrash } from '@tabler/icons-react';
import type { NetworkView, PortView } from '../../../../app/contract/openstack.ts';
import { createPort, deletePort } from '../../../api/network.api.ts';
import type { CurrentUser } from '../../../api/session.ts';
import type { Action } from '../../../design/actions/action.ts';
import { copyText } from '../../../design/clipboard.ts';
import { openDialog } from '../../../design/dialogs/dialog.store.ts';
import { notifyDone, notifyWithUndo } from '../../../design/notify.tsx';
import { no, yes } from '../../../design/verdict.ts';
import { t } from '../../../i18n/i18n.ts';
import { mayDo } from '../../../session/rights.ts';
import { PortDialog } from '../dialogs/PortDialog.tsx';
import { mayAddPort, mayMakeAgain } from '../network-rights.ts';
import { againAs } from '../port-form.ts';

export const addPort: Action<NetworkView> = {
  id: 'network.add-port',
  label: () => t('networks:action.addPort'),
  icon: IconPlus,
  group: 'change',
  can: mayAddPort,
  run: (network) => openDialog((props) => <PortDialog {...props} network={network} />),
};

/** What people call a port: by itself it has no name. */
export function portName({ name, fixed_ips, mac_address }: PortView): string {
  return name || (fixed_ips[0]?.ip_address ?? mac_address);
}

const copyPortId: Action<PortView> = {
  id: 'port.copy-id',
  label: () => t('networks:action.copyId'),
  icon: IconCopy,
  group: 'edit',
  can: () => yes,
  run: async ({ id }) => {
    if (await copyText(id)) notifyDone(t('networks:copied'));
  },
};

const removePort = (isUndoable: (port: PortView) => boolean): Action<PortView> => ({
  id: 'port.delete',
  label: () => t('networks:action.delete'),
  icon: IconTrash,
  group: 'delete',
  isDangerous: true,
  can: ({ device_id, device_owner }, user) =>
    device_id !== '' && device_owner.startsWith('compute:')
      ? no(t('networks:reason.portInUse'))
      : mayDo('delete_port', user),
  confirm: ([port]) => ({
    title: t('networks:confirm.deletePort.title', { name: port ? portName(port) : '' }),
    text: t('networks:confirm.deletePort.text'),
    ...(port && isUndoable(port) && { wayBack: t('networks:confirm.deletePort.wayBack') }),
    confirmLabel: t('networks:action.delete'),
    isDangerous: true,
  }),
  run: async (port) => {
    await deletePort(port.id);
    if (!isUndoable(port)) return;
    notifyWithUndo(t('networks:portDeleted', { name: portName(port) }), () => createPort(againAs(port)));
  },
});

/** In the order of menus. */
export function portActions(network: NetworkView, user: CurrentUser): readonly Action<PortView>[] {
  return [copyPortId, removePort((port) => mayMakeAgain(port, network, user))];
}
