import '@xterm/xterm/css/xterm.css';
import { FitAddon } from '@xterm/addon-fit';
import { Terminal } from '@xterm/xterm';
import { useEffect, useLayoutEffect, useRef } from 'react';
import { copyText } from '../design/clipboard.ts';
import classes from './consoles.module.css';
import { gateReplies } from './terminal-replies.ts';
import { stepToMatch } from './terminal-search.ts';
import { TERMINAL_THEME } from './terminal-theme.ts';

/** Lines kept for scrolling back; the host keeps 256 KiB. */
const SCROLLBACK = 10_000;
/** The replay of the scrollback is over when nothing has come for this long, milliseconds. */
const QUIET_MS = 150;
/** A line that says nothing counts as connected after this long without a refusal, milliseconds. */
const SILENT_MS = 800;

/** Links with an address of their own beside their text. */
const OSC_LINK = 8;

/** What the toolbar can ask of a terminal. */
export interface TerminalControls {
  focus: () => void;
  /** As if typed: the guest sees a bracketed paste where it wants one. */
  paste: (text: string) => void;
  selection: () => string;
  clear: () => void;
  search: (query: string, direction: -1 | 1) => { at: number; count: number };
  size: () => { columns: number; rows: number };
}

export interface TerminalViewProps {
  socket: WebSocket | null;
  fontSize: number;
  isActive: boolean;
  /** It is there to take the first bytes. */
  onReady: () => void;
  onOpened: () => void;
  onControls: (controls: TerminalControls | null) => void;
  onSearch: () => void;
}

/** The machine's serial line in a terminal that stays while connections come and go. */
export default function TerminalView(props: TerminalViewProps) {
  const { socket, fontSize, isActive, onReady } = props;
  const place = useRef<HTMLDivElement>(null);
  const terminal = useRef<Terminal | null>(null);
  const fit = useRef<FitAddon | null>(null);
  const line = useRef<{ socket: WebSocket | null; isReplaying: boolean }>({ socket: null, isReplaying: false });
  const latest = useRef(props);
  useLayoutEffect(() => {
    latest.current = props;
  });

  useLayoutEffect(() => {
    const target = place.current;
    if (!target) return;
    const made = new Terminal({
      fontFamily: getComputedStyle(document.documentElement).getPropertyValue('--mono'),
      fontSize: latest.current.fontSize,
      lineHeight: 1.2,
      scrollback: SCROLLBACK,
      theme: TERMINAL_THEME,
      cursorBlink: !window.matchMedia('(prefers-reduced-motion: reduce)').matches,
      screenReaderMode: false,
      allowProposedApi: false,
      macOptionIsMeta: true,
      rightClickSelectsWord: false,
    });
    const fitter = new FitAddon();
    made.loadAddon(fitter);
    made.open(target);
    terminal.current = made;
    fit.current = fitter;
    const encoder = new TextEncoder();
    const send = (bytes: Uint8Array<ArrayBuffer>): void => {
      if (line.current.socket?.readyState === WebSocket.OPEN) line.current.socket.send(bytes);
    };
    made.onData((data) => send(encoder.encode(data)));
    made.onBinary((data) => send(Uint8Array.from(data, (letter) => letter.charCodeAt(0))));
    gateReplies(made, () => !line.current.isReplaying && target.contains(document.activeElement));
    // They are shown as text: where one leads is the guest's choice, and nothing would show it.
    made.parser.registerOscHandler(OSC_LINK, () => true);
    made.attachCustomKeyEventHandler((event) => handleKey(event, made, () => latest.current.onSearch()));
    latest.current.onControls({
      focus: () => made.focus(),
      paste: (text) => made.paste(text),
      selection: () => made.getSelection(),
      clear: () => made.clear(),
      search: (query, direction) => stepToMatch(made, query, direction),
      size: () => ({ columns: made.cols, rows: made.rows }),
    });
    const resize = (): void => {
      // Hidden tabs have no size: they keep the one they had.
      if (target.clientWidth > 0 && target.clientHeight > 0) fitter.fit();
    };
    const observer = new ResizeObserver(resize);
    observer.observe(target);
    resize();
    return () => {
      observer.disconnect();
      latest.current.onControls(null);
      terminal.current = null;
      made.dispose();
    };
  }, []);

  // Before anything else happens: bytes that nobody listens to are lost.
  useLayoutEffect(() => {
    const made = terminal.current;
    if (!made || !socket) return;
    let timer: ReturnType<typeof setTimeout> | undefined;
    const opened = (): void => latest.current.onOpened();
    line.current = { socket, isReplaying: true };
    // The host replays what it has kept, so what is here would be shown twice.
    made.reset();
    const settle = (): void => {
      line.current.isReplaying = false;
    };
    const onOpen = (): void => {
      timer = setTimeout(() => {
        settle();
        opened();
      }, SILENT_MS);
    };
    const onMessage = ({ data }: MessageEvent<ArrayBuffer | string>): void => {
      opened();
      if (line.current.isReplaying) {
        clearTimeout(timer);
        // Only once the terminal has read what came: it reads in its own time.
        timer = setTimeout(() => made.write('', settle), QUIET_MS);
      }
      made.write(typeof data === 'string' ? data : new Uint8Array(data));
    };
    socket.addEventListener('open', onOpen);
    socket.addEventListener('message', onMessage);
    if (socket.readyState === WebSocket.OPEN) onOpen();
    if (latest.current.isActive) made.focus();
    return () => {
      clearTimeout(timer);
      socket.removeEventListener('open', onOpen);
      socket.removeEventListener('message', onMessage);
      line.current = { socket: null, isReplaying: false };
    };
  }, [socket]);

  useEffect(onReady, [onReady]);
  useEffect(() => {
    if (!terminal.current) return;
    terminal.current.options.fontSize = fontSize;
    fit.current?.fit();
  }, [fontSize]);
  useEffect(() => {
    if (isActive) terminal.current?.focus();
  }, [isActive]);

  return <div ref={place} className={classes.terminal} data-testid="terminal" />;
}

/** Copy and paste as terminals have them, so that Ctrl-C stays the guest's. False keeps the key from the guest. */
function handleKey(event: KeyboardEvent, terminal: Terminal, onSearch: () => void): boolean {
  if (!event.ctrlKey || !event.shiftKey || event.altKey || event.metaKey) return true;
  if (!['KeyC', 'KeyV', 'KeyF'].includes(event.code)) return true;
  // The browser pastes by itself, which it does on every page: the terminal takes its event.
  if (event.code === 'KeyV') return false;
  event.preventDefault();
  if (event.type !== 'keydown') return false;
  if (event.code === 'KeyC') void copyText(terminal.getSelection());
  else onSearch();
  return false;
}
