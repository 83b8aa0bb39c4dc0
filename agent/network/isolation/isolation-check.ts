import type { PreflightCheck } from '../../../app/contract/host.ts';
import { linuxInstallCommand } from '../../host-programs.ts';
import type { IsolationProof } from './network-isolation.ts';

/** What people are told of guests that can, or cannot, reach this host. */
export async function isolationCheck(proof: IsolationProof): Promise<PreflightCheck> {
  const id = 'network';
  const { reason, missing } = proof;
  if (reason === null) {
    return { id, state: 'ok', fact: 'Guests cannot reach this host', hint: null, fixCommand: null };
  }
  return {
    id,
    state: 'warning',
    fact: 'Guests can reach every service of this host, also those on 127.0.0.1',
    hint: `They could be kept from it, but here that does not work (${reason}). Run only guests you trust.`,
    fixCommand: missing.length === 0 ? null : await installCommand(),
  };
}

function installCommand(): Promise<string | null> {
  return linuxInstallCommand({
    apt: 'passt nftables iproute2 util-linux',
    dnf: 'passt nftables iproute util-linux',
    zypper: 'passt nftables iproute2 util-linux',
    pacman: 'passt nftables iproute2 util-linux',
    apk: 'passt nftables iproute2 util-linux-misc setpriv',
  });
}
