import { useEffect } from 'react';
import type { ServerView } from '../../../app/contract/openstack.ts';
import { desktop } from '../../api/desktop.ts';
import type { Action } from '../../design/actions/action.ts';
import { runAction } from '../../design/actions/run-action.ts';
import { useIsAway } from '../../kernel/AwayHostsProvider.tsx';
import { registerDesktopCommand } from '../../kernel/desktop-commands.ts';
import { useServers } from '../../kernel/use-servers.ts';
import { shutDownMachine } from './actions/shut-down-machine.action.ts';
import { startMachine } from './actions/start-machine.action.ts';
import { hasConsole } from './machine-state.ts';

/** Keeps the tray of the desktop app at the machines there are, and carries out what is chosen there. */
export function DesktopMachines() {
  const { data: servers } = useServers();
  const isAway = useIsAway();
  useEffect(() => {
    if (!servers) return;
    const shown = servers.map((server) => ({
      id: server.id,
      name: server.name,
      status: isAway(server) && hasConsole(server) ? ('UNKNOWN' as const) : server.status,
    }));
    void desktop()?.invoke('tray:machines', shown);
    const carryOut = (action: Action<ServerView>) => (id: string) => {
      const server = servers.find((each) => each.id === id);
      if (server) void runAction(action, [server]);
    };
    registerDesktopCommand('server.start', carryOut(startMachine));
    registerDesktopCommand('server.stop', carryOut(shutDownMachine));
  }, [servers, isAway]);
  return null;
}
