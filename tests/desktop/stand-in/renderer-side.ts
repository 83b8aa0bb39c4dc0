/**
 * Source of what runs in a page before its own scripts: Electron's side of the renderer, then the real preload script. The
 * page's frames get nothing, as in Electron.
 */
export function rendererScript(preloadSource: string): string {
  return `(() => {
  if (window !== window.top) return;
  const { desktopInvoke, desktopOpen } = window;
  delete window.desktopInvoke;
  delete window.desktopOpen;
  const listeners = new Map();
  const ipcRenderer = {
    async invoke(channel, ...args) {
      const answer = await desktopInvoke(channel, args);
      if ('error' in answer) throw new Error("Error invoking remote method '" + channel + "': " + answer.error);
      return answer.result;
    },
    on(channel, listener) {
      listeners.set(channel, [...(listeners.get(channel) ?? []), listener]);
      return ipcRenderer;
    },
  };
  Object.defineProperty(window, Symbol.for('desktop.receive'), {
    value: (channel, args) => { for (const listener of listeners.get(channel) ?? []) listener({}, ...args); },
  });
  const contextBridge = {
    exposeInMainWorld(name, api) {
      Object.defineProperty(window, name, { value: Object.freeze({ ...api }), enumerable: true });
    },
  };
  window.open = (url) => { void desktopOpen(new URL(url, location.href).href); return null; };
  document.addEventListener('click', (event) => {
    const link = event.target instanceof Element ? event.target.closest('a[target=_blank]') : null;
    if (!link) return;
    event.preventDefault();
    void desktopOpen(link.href);
  }, true);
  const require = (name) => {
    if (name !== 'electron') throw new Error('A sandboxed preload script cannot require ' + name);
    return { contextBridge, ipcRenderer };
  };
  ((require) => { ${preloadSource}
  })(require);
})();`;
}
