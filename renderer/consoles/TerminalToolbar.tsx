import { TextInput } from '@mantine/core';
import {
  IconChevronDown,
  IconChevronUp,
  IconClipboardText,
  IconCopy,
  IconEraser,
  IconSearch,
  IconTextDecrease,
  IconTextIncrease,
  IconViewportWide,
  IconX,
} from '@tabler/icons-react';
import { useEffect, useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { copyText, readClipboard } from '../design/clipboard.ts';
import { ConsoleToolbar, type ConsoleToolbarProps, Tool } from './ConsoleToolbar.tsx';
import classes from './consoles.module.css';
import type { TerminalControls } from './TerminalView.tsx';

const SMALLEST = 9;
const LARGEST = 24;

export interface TerminalToolbarProps extends ConsoleToolbarProps {
  controls: TerminalControls | null;
  fontSize: number;
  onFontSize: (pixels: number) => void;
  /** Counts the times the search was asked for by its key. */
  searchAsked: number;
}

export function TerminalToolbar(props: TerminalToolbarProps) {
  const { t } = useTranslation('consoles');
  const { controls, fontSize, onFontSize, searchAsked, ...shared } = props;
  const [isSearching, setSearching] = useState(false);
  useEffect(() => {
    if (searchAsked > 0) setSearching(true);
  }, [searchAsked]);
  const isOpen = props.state.phase === 'open';
  const paste = async (): Promise<void> => {
    const text = await readClipboard();
    if (text !== null) controls?.paste(text);
    controls?.focus();
  };
  return (
    <ConsoleToolbar {...shared}>
      {isSearching && controls ? (
        <TerminalSearch
          controls={controls}
          onClose={() => {
            setSearching(false);
            controls.focus();
          }}
        />
      ) : (
        <Tool icon={IconSearch} label={t('search.open')} disabled={!controls} onClick={() => setSearching(true)} />
      )}
      <Tool
        icon={IconCopy}
        label={t('copySelection')}
        disabled={!controls}
        onClick={() => void copyText(controls?.selection() ?? '')}
      />
      <Tool icon={IconClipboardText} label={t('pasteText')} disabled={!isOpen} onClick={() => void paste()} />
      <Tool
        icon={IconViewportWide}
        label={t('fitGuest')}
        disabled={!isOpen}
        onClick={() => {
          const size = controls?.size();
          if (size) controls?.paste(`stty rows ${size.rows} cols ${size.columns}`);
          controls?.focus();
        }}
      />
      <Tool icon={IconEraser} label={t('clear')} disabled={!controls} onClick={() => controls?.clear()} />
      <Tool
        icon={IconTextDecrease}
        label={t('smaller')}
        disabled={fontSize <= SMALLEST}
        onClick={() => onFontSize(fontSize - 1)}
      />
      <Tool
        icon={IconTextIncrease}
        label={t('larger')}
        disabled={fontSize >= LARGEST}
        onClick={() => onFontSize(fontSize + 1)}
      />
    </ConsoleToolbar>
  );
}

function TerminalSearch({ controls, onClose }: { controls: TerminalControls; onClose: () => void }) {
  const { t } = useTranslation('consoles');
  const [query, setQuery] = useState('');
  const [found, setFound] = useState<{ at: number; count: number } | null>(null);
  const input = useRef<HTMLInputElement>(null);
  useEffect(() => input.current?.focus(), []);
  const step = (direction: -1 | 1): void => setFound(query === '' ? null : controls.search(query, direction));
  return (
    <search className={classes.search}>
      <TextInput
        ref={input}
        aria-label={t('search.open')}
        placeholder={t('search.open')}
        value={query}
        onChange={(event) => {
          setQuery(event.currentTarget.value);
          setFound(null);
        }}
        onKeyDown={(event) => {
          if (event.key === 'Escape') onClose();
          else if (event.key === 'Enter') step(event.shiftKey ? 1 : -1);
          else return;
          event.preventDefault();
        }}
        rightSectionWidth={64}
        rightSection={
          <span className={`${classes.searchCount} numeric`} role="status">
            {found && t('search.count', { at: found.at, count: found.count })}
          </span>
        }
      />
      <Tool icon={IconChevronUp} label={t('search.previous')} disabled={query === ''} onClick={() => step(-1)} />
      <Tool icon={IconChevronDown} label={t('search.next')} disabled={query === ''} onClick={() => step(1)} />
      <Tool icon={IconX} label={t('search.close')} onClick={onClose} />
    </search>
  );
}
