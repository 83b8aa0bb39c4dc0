import type { PaneConsoleType } from '../kernel/console.store.ts';
import { ConsolePane, TokenConsolePane } from './ConsolePane.tsx';
import { ConsoleWindow, type ConsoleWindowProps } from './ConsoleWindow.tsx';

/** A window of what may also stand in a page. */
export function PaneWindow({
  type,
  ...props
}: { type: PaneConsoleType } & Pick<ConsoleWindowProps, 'label' | 'search'>) {
  return (
    <ConsoleWindow
      {...props}
      ofMachine={(serverId, title) => <ConsolePane serverId={serverId} type={type} title={title} place="window" />}
      ofLink={(token, title) => <TokenConsolePane token={token} type={type} title={title} />}
    />
  );
}
