/** noVNC comes without types: as much of its RFB (docs/API.md) as is used here. */
declare module '@novnc/novnc' {
  export default class RFB extends EventTarget {
    constructor(target: HTMLElement, channel: WebSocket | string, options?: { shared?: boolean });
    viewOnly: boolean;
    scaleViewport: boolean;
    clipViewport: boolean;
    background: string;
    focusOnClick: boolean;
    showDotCursor: boolean;
    disconnect(): void;
    focus(): void;
    blur(): void;
    /** `down` left out presses and releases. */
    sendKey(keysym: number, code: string | null, down?: boolean): void;
    toBlob(callback: (blob: Blob | null) => void, type?: string): void;
  }
}
