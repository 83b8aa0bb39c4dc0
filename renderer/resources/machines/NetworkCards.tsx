import { ActionIcon, Tooltip } from '@mantine/core';
import { IconPlugConnectedX, IconPlus } from '@tabler/icons-react';
import { useMutation, useQuery } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';
import type { RuleName } from '../../../app/contract/generated/rules.ts';
import type { ServerView } from '../../../app/contract/openstack.ts';
import { detachInterface, type InterfaceAttachment, listInterfaces } from '../../api/interface.api.ts';
import { listNetworkNames } from '../../api/network.api.ts';
import { queryClient } from '../../api/query-client.ts';
import { keys } from '../../api/query-keys.ts';
import { askToConfirm } from '../../design/dialogs/confirm.store.ts';
import { openDialog } from '../../design/dialogs/dialog.store.ts';
import { ErrorAlert } from '../../design/ErrorAlert.tsx';
import { notifyError } from '../../design/notify.tsx';
import { ReasonedButton } from '../../design/ReasonedButton.tsx';
import { no, type Verdict, yes } from '../../design/verdict.ts';
import { mayDo } from '../../session/rights.ts';
import { useCurrentUser } from '../../session/use-current-user.ts';
import { AttachCardDialog } from './dialogs/AttachCardDialog.tsx';
import { mayChange } from './machine-rights.ts';
import classes from './machines.module.css';

/** When Nova lets cards come and go. */
const STATES = ['active', 'paused', 'stopped'];

/** A machine's cards, each with its network and addresses; more of them, and less. */
export function NetworkCards({ server }: { server: ServerView }) {
  const { t } = useTranslation('machines');
  const user = useCurrentUser();
  const queryKey = keys.servers.interfaces(server.id);
  const cards = useQuery({ queryKey, queryFn: ({ signal }) => listInterfaces(server.id, signal) });
  const networks = useQuery({
    queryKey: ['networks', 'of-cards'],
    queryFn: ({ signal }) => listNetworkNames(signal),
  });
  const detach = useMutation({
    mutationFn: (portId: string) => detachInterface(server.id, portId),
    onSuccess: () => queryClient.invalidateQueries({ queryKey }),
    onError: (error) => notifyError(error, t('cards.detachFailed')),
  });
  const nameOf = (id: string) => networks.data?.find((network) => network.id === id)?.name || id;
  const canMove = (rule: RuleName): Verdict => {
    const allowed = mayDo(rule, user);
    if (!allowed.allowed) return allowed;
    const change = mayChange(server, user);
    if (!change.allowed) return change;
    return STATES.includes(server['OS-EXT-STS:vm_state']) ? yes : no(t('cards.notNow'));
  };
  const leave = canMove('os_compute_api:os-attach-interfaces:delete');

  async function askDetach(card: InterfaceAttachment): Promise<void> {
    const isSure = await askToConfirm({
      title: t('cards.detachTitle', { name: server.name }),
      text: t('cards.detachText', { address: addressesOf(card) || card.mac_addr, network: nameOf(card.net_id) }),
      wayBack: t('cards.detachWayBack'),
      confirmLabel: t('cards.detach'),
      isDangerous: true,
    });
    if (isSure) detach.mutate(card.port_id);
  }

  return (
    <section className={classes.card} aria-label={t('cards.title')}>
      <div className={classes.cardHead}>
        <h2>{t('cards.title')}</h2>
        <ReasonedButton
          variant="subtle"
          isSmall
          verdict={canMove('os_compute_api:os-attach-interfaces:create')}
          leftSection={<IconPlus size={14} />}
          onClick={() => openDialog((props) => <AttachCardDialog {...props} server={server} />)}
        >
          {t('cards.attach')}
        </ReasonedButton>
      </div>
      <div className={classes.cardBody}>
        {cards.error && <ErrorAlert error={cards.error} onRetry={() => void cards.refetch()} />}
        {cards.data?.length === 0 && <span className="muted">{t('cards.none')}</span>}
        {cards.data?.map((card) => (
          <div key={card.port_id} className={classes.addressRow}>
            <span className="truncate" title={card.net_id}>
              {nameOf(card.net_id)} <span className="muted">{addressesOf(card)}</span>
            </span>
            <span className="mono muted truncate">
              {card.mac_addr} {card.tag}
            </span>
            <Tooltip label={leave.allowed ? t('cards.detach') : leave.reason}>
              <ActionIcon
                aria-label={`${t('cards.detach')} ${card.mac_addr}`}
                aria-disabled={!leave.allowed}
                data-disabled={leave.allowed ? undefined : true}
                aria-description={leave.allowed ? undefined : leave.reason}
                loading={detach.isPending && detach.variables === card.port_id}
                onClick={() => leave.allowed && void askDetach(card)}
              >
                <IconPlugConnectedX size={16} />
              </ActionIcon>
            </Tooltip>
            {card.port_state === 'DOWN' && <span className={classes.pending}>{t('cards.waits')}</span>}
          </div>
        ))}
      </div>
    </section>
  );
}

function addressesOf({ fixed_ips }: InterfaceAttachment): string {
  return fixed_ips.map(({ ip_address }) => ip_address).join(', ');
}
