import { IconAspectRatio, IconKeyboard } from '@tabler/icons-react';
import { useCallback, useEffect, useId, useLayoutEffect, useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { SpiceMainConn, sendCtrlAltDel } from 'spice-client';
import { useConsoleSettings } from '../kernel/console.store.ts';
import { ConsoleCover } from './ConsoleCover.tsx';
import { ConsoleToolbar, Tool } from './ConsoleToolbar.tsx';
import { type ConsoleConnection, type ConsoleSnapshot, consoleAddress } from './console-connection.ts';
import classes from './consoles.module.css';
import { isLeaveKey } from './leave-key.ts';
import { type Dial, useMachineConsole, useTokenConsole } from './use-console-connection.ts';
import { useFullscreen } from './use-fullscreen.ts';

/** A machine's screen by SPICE: comes back by itself for whoever is signed in. */
export function MachineSpiceScreen({ serverId, title }: { serverId: string; title: string }) {
  const spice = useSpice();
  const [snapshot, connection] = useMachineConsole(serverId, 'spice', spice.dial);
  return <SpiceScreen {...{ serverId, title, spice, snapshot, connection }} />;
}

/** The same by a link's token alone. */
export function TokenSpiceScreen({ token, title }: { token: string; title: string }) {
  const spice = useSpice();
  const [snapshot, connection] = useTokenConsole(token, spice.dial);
  return <SpiceScreen serverId={null} {...{ title, spice, snapshot, connection }} />;
}

interface Spice {
  /** Of the element in which the client draws: it looks for it by that. */
  id: string;
  dial: Dial;
  /** The latest; null before the first. */
  main: SpiceMainConn | null;
}

/** The client dials by itself, once for each channel of a connection; the first of them stands for all. */
function useSpice(): Spice {
  const id = useId();
  const [main, setMain] = useState<SpiceMainConn | null>(null);
  const dial = useCallback(
    (token: string) => {
      const next = new SpiceMainConn({ uri: consoleAddress(token), screen_id: id, password: '' });
      setMain(next);
      return next.ws;
    },
    [id],
  );
  return { id, dial, main };
}

interface SpiceScreenProps {
  serverId: string | null;
  title: string;
  spice: Spice;
  snapshot: ConsoleSnapshot;
  connection: ConsoleConnection;
}

function SpiceScreen({ serverId, title, spice: { id, main }, snapshot, connection }: SpiceScreenProps) {
  const { t } = useTranslation('consoles');
  const { isScaled } = useConsoleSettings();
  const [isFull, toggleFull] = useFullscreen();
  const stage = useRef<HTMLDivElement>(null);
  const screen = useRef<HTMLDivElement>(null);

  useEffect(() => connection.start(), [connection]);
  useEffect(() => {
    if (!main) return;
    const place = screen.current;
    const onStatus = (status: string): void => {
      if (status === 'connected') connection.opened();
    };
    main.on('connection_status', onStatus);
    return () => {
      main.off('connection_status', onStatus);
      main.stop();
      place?.replaceChildren();
    };
  }, [main, connection]);
  // By a transformation, under which the pointer's place is still told in the guest's pixels.
  useLayoutEffect(() => {
    const [outer, inner] = [stage.current, screen.current];
    if (!outer || !inner) return;
    const fit = new ResizeObserver(() => {
      const ratio = Math.min(outer.clientWidth / inner.offsetWidth, outer.clientHeight / inner.offsetHeight);
      const scale = Number.isFinite(ratio) ? ratio : 1;
      inner.style.transform = isScaled ? `translate(-50%, -50%) scale(${scale})` : '';
    });
    fit.observe(outer);
    fit.observe(inner);
    return () => fit.disconnect();
  }, [isScaled]);

  const { state } = snapshot;
  const isOpen = state.phase === 'open';
  const focus = (): void => screen.current?.querySelector('canvas')?.focus();
  return (
    <div className={classes.pane} data-full={isFull || undefined}>
      <ConsoleToolbar {...{ serverId, title, state, isFull }} type="spice" place="window" onFull={toggleFull}>
        <Tool
          icon={IconKeyboard}
          label={t('ctrlAltDel')}
          disabled={!isOpen}
          onClick={() => {
            sendCtrlAltDel(main);
            focus();
          }}
        />
        <Tool
          icon={IconAspectRatio}
          label={t('scale')}
          isOn={isScaled}
          onClick={() => useConsoleSettings.setState({ isScaled: !isScaled })}
        />
      </ConsoleToolbar>
      <div
        ref={stage}
        className={classes.stage}
        data-native={!isScaled || undefined}
        onKeyDownCapture={(event) => {
          if (!isLeaveKey(event)) return;
          event.preventDefault();
          event.stopPropagation();
          stage.current?.parentElement?.querySelector<HTMLElement>('[role="toolbar"] button:not(:disabled)')?.focus();
        }}
      >
        <div ref={screen} id={id} className={classes.spice} data-testid="spice" />
        <ConsoleCover state={state} serverId={serverId} isTransparent={false} onRetry={() => connection.retry()} />
      </div>
    </div>
  );
}
