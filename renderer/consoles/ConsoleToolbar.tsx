import { ActionIcon, Tooltip } from '@mantine/core';
import {
  type Icon,
  IconArrowsMaximize,
  IconArrowsMinimize,
  IconExternalLink,
  IconLayoutBottombarExpand,
} from '@tabler/icons-react';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import type { ConsoleType } from '../../app/contract/console.ts';
import { notifyError } from '../design/notify.tsx';
import { StateBadge, type StateTone } from '../design/StateBadge.tsx';
import { closeConsole, consoleKey, openConsole } from '../kernel/console.store.ts';
import { openConsoleWindow } from '../kernel/open-console-window.ts';
import type { ConsolePlace } from './console-place.ts';
import type { ConsoleState } from './console-state.ts';
import classes from './consoles.module.css';

/** What every console's toolbar has. */
export interface ConsoleToolbarProps {
  serverId: string | null;
  type: ConsoleType;
  title: string;
  place: ConsolePlace;
  state: ConsoleState;
  isFull: boolean;
  onFull: () => void;
}

export const CONSOLE_TONES: Record<ConsoleState['phase'], StateTone> = {
  connecting: 'busy',
  open: 'running',
  waiting: 'busy',
  off: 'stopped',
  cut: 'warning',
  gone: 'stopped',
  expired: 'warning',
  refused: 'failed',
};

export function ConsoleToolbar(props: ConsoleToolbarProps & { children: ReactNode }) {
  const { t } = useTranslation('consoles');
  const { serverId, type, title, place, state, isFull } = props;
  const tab = serverId === null || type === 'spice' ? null : { serverId, type, title };
  const popOut = async (): Promise<void> => {
    if (!tab) return;
    try {
      await openConsoleWindow(tab);
      if (place === 'dock') closeConsole(consoleKey(tab));
    } catch (error) {
      notifyError(error, t('window'));
    }
  };
  return (
    <div className={classes.toolbar} role="toolbar" aria-label={t(type === 'serial' ? 'terminal' : 'screen')}>
      <StateBadge tone={CONSOLE_TONES[state.phase]} label={t(`state.${state.phase}`)} />
      <span className={`${classes.leaveHint} truncate`}>{t('leaveHint')}</span>
      {place === 'window' && <span className={`${classes.windowTitle} truncate`}>{title}</span>}
      <div className={classes.tools}>
        {props.children}
        <span className={classes.divider} />
        {place === 'page' && tab && (
          <Tool icon={IconLayoutBottombarExpand} label={t('dock')} onClick={() => openConsole(tab)} />
        )}
        {place !== 'window' && tab && (
          <Tool icon={IconExternalLink} label={t('window')} onClick={() => void popOut()} />
        )}
        <Tool
          icon={isFull ? IconArrowsMinimize : IconArrowsMaximize}
          label={t(isFull ? 'leaveFull' : 'full')}
          onClick={props.onFull}
        />
      </div>
    </div>
  );
}

export interface ToolProps {
  icon: Icon;
  label: string;
  onClick: () => void;
  isOn?: boolean;
  disabled?: boolean;
}

/** One icon of a toolbar; `isOn` makes it a switch. */
export function Tool({ icon: ToolIcon, label, onClick, isOn, disabled }: ToolProps) {
  return (
    <Tooltip label={label}>
      <ActionIcon
        className={classes.tool}
        aria-label={label}
        aria-pressed={isOn}
        variant={isOn ? 'light' : 'subtle'}
        color={isOn ? 'accent' : 'gray'}
        disabled={disabled ?? false}
        // The console keeps the keyboard while its tools are clicked.
        onMouseDown={(event) => event.preventDefault()}
        onClick={onClick}
      >
        <ToolIcon size={16} stroke={1.75} />
      </ActionIcon>
    </Tooltip>
  );
}
