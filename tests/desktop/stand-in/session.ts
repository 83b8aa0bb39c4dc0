type Headers = Record<string, string[]>;

interface ResponseDetails {
  url: string;
  resourceType: string;
  responseHeaders: Headers;
}
type HeadersListener = (details: ResponseDetails, answer: (changes: { responseHeaders?: Headers }) => void) => void;

/** Keeps what main sets up; `page-traffic.ts` applies the headers. Permissions are Chromium's own to refuse here. */
class Session {
  headersListener: HeadersListener | null = null;
  readonly webRequest = {
    onHeadersReceived: (listener: HeadersListener): void => {
      this.headersListener = listener;
    },
  };

  setPermissionRequestHandler(): void {}

  setPermissionCheckHandler(): void {}

  changeHeaders(details: ResponseDetails): Promise<Headers> {
    const { headersListener } = this;
    if (!headersListener) return Promise.resolve(details.responseHeaders);
    return new Promise((resolve) => {
      headersListener(details, ({ responseHeaders }) => resolve(responseHeaders ?? details.responseHeaders));
    });
  }
}

export const session = { defaultSession: new Session() };
