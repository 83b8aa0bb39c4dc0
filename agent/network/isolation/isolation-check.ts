import type { PreflightCheck } from '../../../app/contract/host.ts';
import { findExecutable, linuxInstallCommand } from '../../host-programs.ts';
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

/** The same of what tells guests of themselves, where it could be there; null elsewhere. */
export async function metadataCheck({ reason, metadataReason }: IsolationProof): Promise<PreflightCheck | null> {
  const id = 'metadata';
  if (reason !== null) return null;
  if (metadataReason === null) {
    return { id, state: 'ok', fact: 'Guests are answered at 169.254.169.254', hint: null, fixCommand: null };
  }
  return {
    id,
    state: 'warning',
    fact: 'Nobody answers guests at 169.254.169.254',
    hint: `They learn their name and keys from their config drive only (${metadataReason}).`,
    fixCommand: (await findExecutable('socat')) === null ? await linuxInstallCommand(SOCAT) : null,
  };
}

const SOCAT = { apt: 'socat', dnf: 'socat', zypper: 'socat', pacman: 'socat', apk: 'socat' };

function installCommand(): Promise<string | null> {
  return linuxInstallCommand({
    apt: 'passt nftables iproute2 util-linux',
    dnf: 'passt nftables iproute util-linux',
    zypper: 'passt nftables iproute2 util-linux',
    pacman: 'passt nftables iproute2 util-linux',
    apk: 'passt nftables iproute2 util-linux-misc setpriv',
  });
}
