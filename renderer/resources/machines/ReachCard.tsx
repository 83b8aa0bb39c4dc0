import { useTranslation } from 'react-i18next';
import type { ServerView } from '../../../app/contract/openstack.ts';
import type { ServerAccess } from '../../../app/contract/v1.ts';
import { CopyText } from '../../design/CopyText.tsx';
import { privateKeyFile } from '../../design/private-key-file.ts';
import { findLaunch, useLaunchStore } from '../launch/launch.store.ts';
import { useServerAccess } from './hooks/use-servers.ts';
import { addressesOf } from './machine-state.ts';
import classes from './machines.module.css';
import { usePasswordStore } from './password.store.ts';

const SSH_PORT = 22;

/** Its addresses, and the command that signs in over a forwarded port. */
export function ReachCard({ server }: { server: ServerView }) {
  const { t } = useTranslation('machines');
  const access = useServerAccess(server.id);
  const addresses = addressesOf(server);
  const atLaunch = useLaunchStore(({ launches }) => findLaunch(launches, server.id)?.adminPass);
  const password = usePasswordStore(({ passwords }) => passwords[server.id]) ?? atLaunch;
  const command = access.data ? sshCommand(access.data, server.key_name) : null;
  return (
    <section className={classes.card}>
      <div className={classes.cardHead}>
        <h2>{t('reach')}</h2>
      </div>
      <div className={classes.cardBody}>
        {addresses.length === 0 && <span className="muted">{t('noAddress')}</span>}
        {addresses.map((each) => (
          <div key={each.address} className={classes.addressRow}>
            <CopyText value={each.address} />
            <span className="mono muted truncate">{each.mac}</span>
            <span className="muted">{each.network}</span>
          </div>
        ))}
        {command && (
          <>
            <div className={classes.command}>
              <CopyText value={command} />
            </div>
            <div className="muted">{server.key_name ? t('sshHint', { name: server.key_name }) : t('sshNoKey')}</div>
          </>
        )}
        {password && (
          <div className={classes.password}>
            <span className="muted">{t('rootPassword')}</span>
            <CopyText value={password} />
            <span className="muted">{t('rootPasswordHint')}</span>
          </div>
        )}
      </div>
    </section>
  );
}

/** `ssh -i mine.pem -p 40022 debian@127.0.0.1`, or null where no port leads to the guest's SSH. */
export function sshCommand(access: ServerAccess, keyName?: string | null): string | null {
  const forward = access.forwards.find((each) => each.guestPort === SSH_PORT);
  if (!forward) return null;
  const host = access.defaultUser ? `${access.defaultUser}@${forward.hostAddress}` : forward.hostAddress;
  const key = keyName ? `-i ${privateKeyFile(keyName)} ` : '';
  return `ssh ${key}-p ${forward.hostPort} ${host}`;
}
