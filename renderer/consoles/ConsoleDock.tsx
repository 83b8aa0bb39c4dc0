import { ActionIcon, Tooltip } from '@mantine/core';
import {
  IconChevronDown,
  IconChevronUp,
  IconDeviceDesktop,
  IconMaximize,
  IconMinimize,
  IconTerminal2,
  IconX,
} from '@tabler/icons-react';
import { type KeyboardEvent, type PointerEvent, type ReactNode, type RefObject, useRef } from 'react';
import { useTranslation } from 'react-i18next';
import { useShortcut } from '../design/shortcuts.ts';
import {
  type ConsoleTab,
  closeAllConsoles,
  closeConsole,
  consoleKey,
  type DockSize,
  useConsoleSettings,
  useConsoleStore,
} from '../kernel/console.store.ts';
import { ConsolePane } from './ConsolePane.tsx';
import classes from './consoles.module.css';

const LEAST_HEIGHT = 160;
/** Left for the page above, pixels. */
const PAGE_HEIGHT = 120;
const KEY_STEP = 24;

const setSize = (size: DockSize): void => useConsoleStore.setState({ size });

/** Open consoles, below every page: they stay connected while the page changes. Nothing while none is open. */
export function ConsoleDock() {
  const { t } = useTranslation('consoles');
  const { tabs, active, size } = useConsoleStore();
  const height = useConsoleSettings((state) => state.dockHeight);
  const dock = useRef<HTMLElement>(null);
  useShortcut({ keys: 'mod+J', label: t('toggleDock'), group: t('title') }, () =>
    setSize(size === 'folded' ? 'normal' : 'folded'),
  );
  if (tabs.length === 0) return null;
  const isMaximised = size === 'maximised';
  return (
    <section
      ref={dock}
      className={classes.dock}
      data-size={size}
      aria-label={t('title')}
      style={size === 'normal' ? { height } : undefined}
    >
      {size === 'normal' && <Resizer dock={dock} />}
      <div className={classes.tabs}>
        <div className={classes.tabList} role="tablist" aria-label={t('title')}>
          {tabs.map((tab) => (
            <DockTab key={consoleKey(tab)} tab={tab} isActive={consoleKey(tab) === active} />
          ))}
        </div>
        <div className={classes.dockTools}>
          <DockTool
            icon={isMaximised ? <IconMinimize size={16} /> : <IconMaximize size={16} />}
            label={t(isMaximised ? 'restoreDock' : 'maximiseDock')}
            onClick={() => setSize(isMaximised ? 'normal' : 'maximised')}
          />
          <DockTool
            icon={size === 'folded' ? <IconChevronUp size={16} /> : <IconChevronDown size={16} />}
            label={t(size === 'folded' ? 'unfoldDock' : 'foldDock')}
            onClick={() => setSize(size === 'folded' ? 'normal' : 'folded')}
          />
          <DockTool icon={<IconX size={16} />} label={t('closeAll')} onClick={closeAllConsoles} />
        </div>
      </div>
      <div className={classes.panes} hidden={size === 'folded'}>
        {tabs.map((tab) => {
          const isActive = consoleKey(tab) === active;
          return (
            <div
              key={consoleKey(tab)}
              role="tabpanel"
              aria-label={tab.title}
              className={classes.dockPane}
              data-hidden={!isActive || undefined}
            >
              <ConsolePane {...tab} place="dock" isActive={isActive && size !== 'folded'} />
            </div>
          );
        })}
      </div>
    </section>
  );
}

function DockTab({ tab, isActive }: { tab: ConsoleTab; isActive: boolean }) {
  const { t } = useTranslation('consoles');
  const key = consoleKey(tab);
  const TypeIcon = tab.type === 'vnc' ? IconDeviceDesktop : IconTerminal2;
  const show = (): void =>
    useConsoleStore.setState(({ size }) => ({ active: key, size: size === 'folded' ? 'normal' : size }));
  return (
    <div className={classes.tab} data-active={isActive || undefined}>
      <button
        type="button"
        role="tab"
        aria-selected={isActive}
        className={classes.tabButton}
        title={`${tab.title}: ${t(tab.type === 'vnc' ? 'screen' : 'terminal')}`}
        onClick={show}
        onAuxClick={(event) => event.button === 1 && closeConsole(key)}
      >
        <TypeIcon size={16} stroke={1.5} aria-hidden="true" />
        <span className="truncate">{tab.title}</span>
      </button>
      <ActionIcon size={20} aria-label={t('close', { name: tab.title })} onClick={() => closeConsole(key)}>
        <IconX size={14} />
      </ActionIcon>
    </div>
  );
}

function DockTool({ icon, label, onClick }: { icon: ReactNode; label: string; onClick: () => void }) {
  return (
    <Tooltip label={label}>
      <ActionIcon aria-label={label} onClick={onClick}>
        {icon}
      </ActionIcon>
    </Tooltip>
  );
}

/** The upper edge: dragged by pointer, or moved by the arrow keys. */
function Resizer({ dock }: { dock: RefObject<HTMLElement | null> }) {
  const { t } = useTranslation('consoles');
  const height = useConsoleSettings((state) => state.dockHeight);
  const resize = (wanted: number): void => {
    const available = dock.current?.parentElement?.clientHeight ?? window.innerHeight;
    const most = Math.max(LEAST_HEIGHT, available - PAGE_HEIGHT);
    useConsoleSettings.setState({ dockHeight: Math.round(Math.min(most, Math.max(LEAST_HEIGHT, wanted))) });
  };
  const onPointerMove = (event: PointerEvent<HTMLElement>): void => {
    if (!event.currentTarget.hasPointerCapture(event.pointerId)) return;
    const bottom = dock.current?.getBoundingClientRect().bottom ?? 0;
    resize(bottom - event.clientY);
  };
  const onKeyDown = (event: KeyboardEvent): void => {
    if (event.key === 'ArrowUp') resize(height + KEY_STEP);
    else if (event.key === 'ArrowDown') resize(height - KEY_STEP);
    else return;
    event.preventDefault();
  };
  return (
    // biome-ignore lint/a11y/useSemanticElements: a separator that moves is a widget, which <hr> is not
    <div
      role="separator"
      aria-orientation="horizontal"
      aria-label={t('resizeDock')}
      aria-valuenow={height}
      aria-valuemin={LEAST_HEIGHT}
      tabIndex={0}
      className={classes.resizer}
      onPointerDown={(event) => event.currentTarget.setPointerCapture(event.pointerId)}
      onPointerMove={onPointerMove}
      onKeyDown={onKeyDown}
    />
  );
}
