import { useSearch } from '@tanstack/react-router';
import { ConsoleWindow } from '../ConsoleWindow.tsx';
import { MachineSpiceScreen, TokenSpiceScreen } from '../SpiceScreen.tsx';

export function SpiceWindowPage() {
  return (
    <ConsoleWindow
      label="screen"
      search={useSearch({ from: '/console/spice' })}
      ofMachine={(serverId, title) => <MachineSpiceScreen serverId={serverId} title={title} />}
      ofLink={(token, title) => <TokenSpiceScreen token={token} title={title} />}
    />
  );
}
