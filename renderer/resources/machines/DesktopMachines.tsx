import { useEffect } from 'react';
import { desktop } from '../../api/desktop.ts';
import { runAction } from '../../design/actions/run-action.ts';
import { useIsAway } from '../../kernel/AwayHostsProvider.tsx';
import { registerDesktopCommand } from '../../kernel/desktop-commands.ts';
import { useServers } from '../../kernel/use-servers.ts';
import { machineAction } from './hooks/use-machine-actions.ts';
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
    const carryOut = (name: string) => (id: string) => {
      const server = servers.find((each) => each.id === id);
      const action = machineAction(name);
      if (server && action) void runAction(action, [server]);
    };
    registerDesktopCommand('server.start', carryOut('start'));
    registerDesktopCommand('server.stop', carryOut('shut-down'));
  }, [servers, isAway]);
  return null;
}
