import type { RegisteredRouter } from '@tanstack/react-router';

let router: RegisteredRouter | undefined;

/** Called once by the shell: what a link cannot do (actions, the desktop's commands) must not import all pages for it. */
export function provideRouter(made: RegisteredRouter): void {
  router = made;
}

/** To another page, from code that is no component. */
export const navigate: RegisteredRouter['navigate'] = async (options) => await router?.navigate(options);

/** The same by an address as it stands in the address bar. */
export function openAddress(path: string): void {
  router?.history.push(path);
}
