import { app, session, shell } from 'electron';

/** What a page of ours may do beyond showing itself. */
const GRANTED_PERMISSIONS = new Set(['fullscreen', 'clipboard-sanitized-write', 'pointerLock', 'keyboardLock']);

/**
 * Every page, whoever opens it: no navigation away from the controller's origin, no windows of its own, no permissions
 * but a few harmless ones, no embedded pages, and a strict policy for what it loads.
 */
export function securePages(currentOrigin: () => string | null): void {
  const isOurs = (url: string) => {
    const origin = currentOrigin();
    return origin !== null && URL.canParse(url) && new URL(url).origin === origin;
  };
  app.on('web-contents-created', (_event, contents) => {
    const stay = (event: { preventDefault(): void; url: string }) => {
      if (!isOurs(event.url)) event.preventDefault();
    };
    contents.on('will-navigate', stay);
    contents.on('will-redirect', stay);
    contents.on('will-frame-navigate', stay);
    contents.on('will-attach-webview', (event) => event.preventDefault());
    contents.setWindowOpenHandler(({ url }) => {
      void openExternal(url);
      return { action: 'deny' };
    });
  });
  session.defaultSession.setPermissionRequestHandler((_contents, permission, answer, { requestingUrl }) => {
    answer(GRANTED_PERMISSIONS.has(permission) && isOurs(requestingUrl));
  });
  session.defaultSession.setPermissionCheckHandler((_contents, permission, requestingOrigin) => {
    return GRANTED_PERMISSIONS.has(permission) && isOurs(requestingOrigin);
  });
  session.defaultSession.webRequest.onHeadersReceived((details, answer) => {
    if (details.resourceType !== 'mainFrame' && details.resourceType !== 'subFrame') return answer({});
    const responseHeaders = Object.fromEntries(
      Object.entries(details.responseHeaders ?? {}).filter(
        ([name]) => name.toLowerCase() !== 'content-security-policy',
      ),
    );
    const policy = isOurs(details.url)
      ? contentPolicy(new URL(details.url), inlineScriptsOf(details.responseHeaders ?? {}))
      : "default-src 'none'; sandbox";
    answer({ responseHeaders: { ...responseHeaders, 'Content-Security-Policy': [policy] } });
  });
}

/** The hashes of the scripts that the controller's page brings within itself. */
function inlineScriptsOf(headers: Record<string, string[]>): string[] {
  const policies = Object.entries(headers).flatMap(([name, values]) =>
    name.toLowerCase() === 'content-security-policy' ? values : [],
  );
  return policies.join(' ').match(/'sha256-[A-Za-z0-9+/]{43}='/g) ?? [];
}

/** Stricter than the one a browser gets: sockets of this very host only. Inline styles are the component library's. */
function contentPolicy({ host, protocol }: { host: string; protocol: string }, inlineScripts: string[]): string {
  return [
    "default-src 'none'",
    ["script-src 'self'", ...inlineScripts].join(' '),
    "style-src 'self' 'unsafe-inline'",
    "font-src 'self'",
    "img-src 'self' data: blob:",
    "worker-src 'self'",
    `connect-src 'self' ${protocol === 'https:' ? 'wss' : 'ws'}://${host}`,
    "object-src 'none'",
    "base-uri 'none'",
    "form-action 'none'",
    "frame-ancestors 'none'",
  ].join('; ');
}

/** Opens a web page in the person's browser; answers false for anything that is not one. */
export async function openExternal(url: string): Promise<boolean> {
  if (!URL.canParse(url) || !['https:', 'http:'].includes(new URL(url).protocol)) return false;
  await shell.openExternal(url);
  return true;
}
