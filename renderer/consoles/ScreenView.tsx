import RFB from '@novnc/novnc';
import { useEffect, useLayoutEffect, useRef } from 'react';
import { t } from '../i18n/i18n.ts';
import classes from './consoles.module.css';
import type { SendKey } from './keysyms.ts';

/** What the toolbar can ask of a screen that is connected. */
export interface ScreenControls {
  send: SendKey;
  focus: () => void;
  takePicture: () => Promise<Blob>;
}

export interface ScreenViewProps {
  socket: WebSocket | null;
  isScaled: boolean;
  isViewOnly: boolean;
  /** Takes the keyboard as soon as it is connected. */
  isActive: boolean;
  /** It is there to take the first bytes. */
  onReady: () => void;
  onOpened: () => void;
  onControls: (controls: ScreenControls | null) => void;
  /** Text the guest has copied, where its system passes it on. */
  onGuestClipboard: (text: string) => void;
}

/** The machine's screen, drawn by noVNC into a place of its own. */
export default function ScreenView(props: ScreenViewProps) {
  const { socket, isScaled, isViewOnly, isActive, onReady } = props;
  const place = useRef<HTMLDivElement>(null);
  const rfb = useRef<RFB | null>(null);
  // What the connection's handlers need of the latest render.
  const latest = useRef(props);
  useEffect(() => {
    latest.current = props;
  });

  // Before anything else happens: the far side speaks first, and bytes that nobody listens to are lost.
  useLayoutEffect(() => {
    const target = place.current;
    // A socket that has closed meanwhile has nothing to show.
    if (!target || !socket || socket.readyState > WebSocket.OPEN) return;
    const screen = new RFB(target, socket, { shared: true });
    rfb.current = screen;
    screen.background = 'transparent';
    screen.scaleViewport = latest.current.isScaled;
    screen.viewOnly = latest.current.isViewOnly;
    screen.showDotCursor = true;
    screen.addEventListener('connect', () => {
      latest.current.onOpened();
      latest.current.onControls({
        send: (keysym, code, isDown) => screen.sendKey(keysym, code, isDown),
        focus: () => screen.focus(),
        takePicture: () => pictureOf(screen),
      });
      if (latest.current.isActive) screen.focus();
    });
    screen.addEventListener('clipboard', (event) => {
      if (event instanceof CustomEvent) latest.current.onGuestClipboard(String(event.detail.text ?? ''));
    });
    return () => {
      rfb.current = null;
      latest.current.onControls(null);
      screen.disconnect();
    };
  }, [socket]);

  useEffect(onReady, [onReady]);
  useEffect(() => {
    if (rfb.current) rfb.current.scaleViewport = isScaled;
  }, [isScaled]);
  useEffect(() => {
    if (rfb.current) rfb.current.viewOnly = isViewOnly;
  }, [isViewOnly]);
  useEffect(() => {
    if (isActive) rfb.current?.focus();
  }, [isActive]);

  return <div ref={place} className={classes.screen} data-testid="screen" />;
}

function pictureOf(screen: RFB): Promise<Blob> {
  const { promise, resolve, reject } = Promise.withResolvers<Blob>();
  screen.toBlob((blob) => (blob ? resolve(blob) : reject(new Error(t('design:fault.noPicture')))), 'image/png');
  return promise;
}
