import { findExecutable } from '../../host-programs.ts';

/** Programs that make a namespace, close it and lead it outside: util-linux, nftables, passt, iproute2. */
export interface IsolationPrograms {
  unshare: string;
  nsenter: string;
  setpriv: string;
  flock: string;
  nft: string;
  pasta: string;
  ip: string;
}

const NAMES = ['unshare', 'nsenter', 'setpriv', 'flock', 'nft', 'pasta', 'ip'] as const;

/** All of them, or null and the names of those that are missing. */
export async function findIsolationPrograms(): Promise<{ programs: IsolationPrograms | null; missing: string[] }> {
  const paths = await Promise.all(NAMES.map(findExecutable));
  const missing = NAMES.filter((_, index) => paths[index] === null);
  const [unshare, nsenter, setpriv, flock, nft, pasta, ip] = paths;
  if (!unshare || !nsenter || !setpriv || !flock || !nft || !pasta || !ip) return { programs: null, missing };
  return { programs: { unshare, nsenter, setpriv, flock, nft, pasta, ip }, missing };
}
