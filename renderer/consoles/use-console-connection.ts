import { useEffect, useMemo, useSyncExternalStore } from 'react';
import type { ConsoleType } from '../../app/contract/console.ts';
import { isNotFound } from '../api/cloud-error.ts';
import { createRemoteConsole } from '../api/compute.api.ts';
import { useIsAway } from '../kernel/AwayHostsProvider.tsx';
import { useServer } from '../resources/machines/hooks/use-servers.ts';
import { hasConsole } from '../resources/machines/machine-state.ts';
import { ConsoleConnection, type ConsoleSnapshot, consoleAddress } from './console-connection.ts';

/** Opens what a token lets in to. */
export type Dial = (token: string) => WebSocket;
const dialBytes: Dial = (token) => new WebSocket(consoleAddress(token));

/**
 * A console of a machine one is signed in to: comes back with new tokens, and when the machine does. Whoever shows it
 * starts it: the first bytes come at once, and nobody keeps them.
 */
export function useMachineConsole(
  serverId: string,
  type: ConsoleType,
  dial = dialBytes,
): [ConsoleSnapshot, ConsoleConnection] {
  const connection = useMemo(
    () => new ConsoleConnection({ canRenew: true, dial, askToken: () => askToken(serverId, type) }),
    [serverId, type, dial],
  );
  const { data: server, error } = useServer(serverId);
  const isAway = useIsAway();
  useEffect(() => {
    if (isNotFound(error)) connection.setPower('gone');
    else if (server) connection.setPower(!hasConsole(server) ? 'off' : isAway(server) ? 'cut' : 'on');
  }, [connection, server, error, isAway]);
  return [useSnapshot(connection), connection];
}

/** A console by its link alone, for whoever was given one. */
export function useTokenConsole(token: string, dial = dialBytes): [ConsoleSnapshot, ConsoleConnection] {
  const connection = useMemo(
    () => new ConsoleConnection({ canRenew: false, dial, askToken: async () => token }),
    [token, dial],
  );
  return [useSnapshot(connection), connection];
}

function useSnapshot(connection: ConsoleConnection): ConsoleSnapshot {
  useEffect(() => () => connection.stop(), [connection]);
  return useSyncExternalStore(connection.subscribe, connection.snapshot);
}

async function askToken(serverId: string, type: ConsoleType): Promise<string> {
  const { url } = await createRemoteConsole(serverId, type);
  const token = new URL(url).searchParams.get('token');
  if (!token) throw new Error(`The console's address has no token: ${url}`);
  return token;
}
