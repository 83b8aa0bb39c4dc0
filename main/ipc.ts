import { BrowserWindow, ipcMain, type WebFrameMain } from 'electron';
import { z } from 'zod';
import { consoleTypeSchema } from '../app/contract/console.ts';
import type { IpcInvoke } from '../app/contract/ipc.ts';
import type { ServerStatus } from '../app/contract/openstack.ts';
import { isDashboardPath } from './deep-links.ts';

type Channel = keyof IpcInvoke;
type Answer<K extends Channel> = ReturnType<IpcInvoke[K]> | Promise<ReturnType<IpcInvoke[K]>>;

/** What carries the calls out, given the window they came from. */
export type IpcHandlers = {
  [K in Channel]: (window: BrowserWindow, ...args: Parameters<IpcInvoke[K]>) => Answer<K>;
};

/** A word of Nova's, of which the tray knows some. */
const statusSchema = z.custom<ServerStatus>((value) => /^[A-Z_]{1,40}$/.test(String(value)));
const shortText = z.string().max(1_000);
const nothing = z.tuple([]);

/** The arguments of every channel: what a page sends is checked like what a network sends. */
const argumentSchemas: { [K in Channel]: z.ZodType<Parameters<IpcInvoke[K]>> } = {
  'console:open': z.tuple([z.object({ serverId: z.uuid(), type: consoleTypeSchema, title: shortText })]),
  'image:choose': nothing,
  'file:save': z.tuple([z.object({ name: z.string().min(1).max(255), content: z.string().max(1_000_000) })]),
  'notification:show': z.tuple([
    z.object({ title: shortText, body: shortText, link: z.string().max(2_000).refine(isDashboardPath).nullable() }),
  ]),
  'tray:machines': z.tuple([z.array(z.object({ id: z.uuid(), name: shortText, status: statusSchema })).max(100_000)]),
  'keychain:load': nothing,
  'keychain:save': z.tuple([z.string().max(10_000)]),
  'keychain:clear': nothing,
  'app:info': nothing,
  'app:open-external': z.tuple([z.url({ protocol: /^https?$/ })]),
};

/** Registers the closed list of calls. Only the page of the controller, as the top frame of a window of ours, may call. */
export function registerIpc(handlers: IpcHandlers, currentOrigin: () => string | null): void {
  const register = <K extends Channel>(channel: K) => {
    const schema: z.ZodType<Parameters<IpcInvoke[K]>> = argumentSchemas[channel];
    ipcMain.handle(channel, async (event, ...args: unknown[]) => {
      const window = BrowserWindow.fromWebContents(event.sender);
      const isTop = event.senderFrame !== null && event.senderFrame === event.sender.mainFrame;
      if (window === null || !isTop || !isDashboard(event.senderFrame, currentOrigin())) {
        throw new Error(`${channel} is refused: this page is not the dashboard.`);
      }
      const parsed = schema.safeParse(args);
      if (!parsed.success) throw new Error(`${channel} is refused: ${z.prettifyError(parsed.error)}`);
      return await handlers[channel](window, ...parsed.data);
    });
  };
  for (const channel of Object.keys(argumentSchemas)) if (isChannel(channel)) register(channel);
}

function isDashboard(frame: WebFrameMain | null, origin: string | null): boolean {
  return frame !== null && origin !== null && URL.canParse(frame.url) && new URL(frame.url).origin === origin;
}

function isChannel(name: string): name is Channel {
  return Object.hasOwn(argumentSchemas, name);
}
