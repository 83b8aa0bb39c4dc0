import { lazy, Suspense, useCallback, useRef, useState } from 'react';
import { type ConsoleTab, useConsoleSettings } from '../kernel/console.store.ts';
import { ConsoleCover } from './ConsoleCover.tsx';
import type { ConsoleConnection, ConsoleSnapshot } from './console-connection.ts';
import type { ConsolePlace } from './console-place.ts';
import classes from './consoles.module.css';
import { isLeaveKey } from './leave-key.ts';
import { ScreenToolbar } from './ScreenToolbar.tsx';
import type { ScreenControls } from './ScreenView.tsx';
import { TerminalToolbar } from './TerminalToolbar.tsx';
import type { TerminalControls } from './TerminalView.tsx';
import { useMachineConsole, useTokenConsole } from './use-console-connection.ts';
import { useFullscreen } from './use-fullscreen.ts';

const ScreenView = lazy(() => import('./ScreenView.tsx'));
const TerminalView = lazy(() => import('./TerminalView.tsx'));

export interface ConsolePaneProps extends ConsoleTab {
  place: ConsolePlace;
  /** In front, so that it may take the keyboard. */
  isActive?: boolean;
}

/** A machine's screen or terminal with its toolbar: connects by itself and stays connected. */
export function ConsolePane(props: ConsolePaneProps) {
  const [snapshot, connection] = useMachineConsole(props.serverId, props.type);
  return <ConnectedPane {...props} snapshot={snapshot} connection={connection} />;
}

/** The same by a link's token alone, without being signed in. */
export function TokenConsolePane({ token, type, title }: { token: string; type: ConsoleTab['type']; title: string }) {
  const [snapshot, connection] = useTokenConsole(token);
  return (
    <ConnectedPane
      serverId={null}
      type={type}
      title={title}
      place="window"
      snapshot={snapshot}
      connection={connection}
    />
  );
}

interface ConnectedPaneProps {
  serverId: string | null;
  type: ConsoleTab['type'];
  title: string;
  place: ConsolePlace;
  isActive?: boolean;
  snapshot: ConsoleSnapshot;
  connection: ConsoleConnection;
}

function ConnectedPane(props: ConnectedPaneProps) {
  const { serverId, type, title, place, isActive = true, snapshot, connection } = props;
  const { fontSize, isScaled } = useConsoleSettings();
  const pane = useRef<HTMLDivElement>(null);
  const [isFull, toggleFull] = useFullscreen();
  const [isViewOnly, setViewOnly] = useState(false);
  const [screen, setScreen] = useState<ScreenControls | null>(null);
  const [terminal, setTerminal] = useState<TerminalControls | null>(null);
  const [guestClipboard, setGuestClipboard] = useState('');
  const [searchAsked, setSearchAsked] = useState(0);
  const start = useCallback(() => connection.start(), [connection]);
  const shared = { serverId, type, title, place, state: snapshot.state, isFull, onFull: toggleFull };

  return (
    <div ref={pane} className={classes.pane} data-full={isFull || undefined}>
      {type === 'vnc' ? (
        <ScreenToolbar
          {...shared}
          controls={screen}
          isScaled={isScaled}
          isViewOnly={isViewOnly}
          onScaled={(next) => useConsoleSettings.setState({ isScaled: next })}
          onViewOnly={setViewOnly}
          guestClipboard={guestClipboard}
        />
      ) : (
        <TerminalToolbar
          {...shared}
          controls={terminal}
          fontSize={fontSize}
          onFontSize={(next) => useConsoleSettings.setState({ fontSize: next })}
          searchAsked={searchAsked}
        />
      )}
      <div
        className={classes.stage}
        data-native={(type === 'vnc' && !isScaled) || undefined}
        // Before the console sees it: all other keys are the machine's, Tab too.
        onKeyDownCapture={(event) => {
          if (!isLeaveKey(event)) return;
          event.preventDefault();
          event.stopPropagation();
          pane.current?.querySelector<HTMLElement>('[role="toolbar"] button:not(:disabled)')?.focus();
        }}
      >
        <Suspense fallback={null}>
          {type === 'vnc' ? (
            <ScreenView
              socket={snapshot.socket}
              isScaled={isScaled}
              isViewOnly={isViewOnly}
              isActive={isActive}
              onReady={start}
              onOpened={() => connection.opened()}
              onControls={setScreen}
              onGuestClipboard={setGuestClipboard}
            />
          ) : (
            <TerminalView
              socket={snapshot.socket}
              fontSize={fontSize}
              isActive={isActive}
              onReady={start}
              onOpened={() => connection.opened()}
              onControls={setTerminal}
              onSearch={() => setSearchAsked((count) => count + 1)}
            />
          )}
        </Suspense>
        <ConsoleCover
          state={snapshot.state}
          serverId={serverId}
          isTransparent={type === 'serial'}
          onRetry={() => connection.retry()}
        />
      </div>
    </div>
  );
}
