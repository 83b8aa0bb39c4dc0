/** Calls from pages, as `ipcMain.handle` takes them; `web-contents.ts` brings them here. */
export interface InvokeEvent {
  sender: unknown;
  senderFrame: { url: string } | null;
}
type Handler = (event: InvokeEvent, ...args: unknown[]) => unknown;

const handlers = new Map<string, Handler>();

export const ipcMain = {
  handle(channel: string, handler: Handler): void {
    if (handlers.has(channel)) throw new Error(`${channel} has a handler already.`);
    handlers.set(channel, handler);
  },
};

export async function callHandler(channel: string, event: InvokeEvent, args: unknown[]): Promise<unknown> {
  const handler = handlers.get(channel);
  if (!handler) throw new Error(`No handler registered for '${channel}'`);
  return await handler(event, ...args);
}
