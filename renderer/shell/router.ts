import { createRouter } from '@tanstack/react-router';
import { useSessionStore } from '../api/session.ts';
import { provideRouter } from '../kernel/navigate.ts';
import { routeTree } from './routes.tsx';

/** Plain `?q=web&sort=-created`: values are text; each route's `validateSearch` makes of them what it needs. */
export const router = createRouter({
  routeTree,
  defaultPreload: 'intent',
  scrollRestoration: false,
  parseSearch: (search) => Object.fromEntries(new URLSearchParams(search)),
  stringifySearch: (search) => {
    const parameters = new URLSearchParams();
    for (const [name, value] of Object.entries(search)) {
      if (value !== undefined && value !== null && value !== '') parameters.set(name, String(value));
    }
    const text = parameters.toString();
    return text === '' ? '' : `?${text}`;
  },
});

declare module '@tanstack/react-router' {
  interface Register {
    router: typeof router;
  }
}

provideRouter(router);

// A session that ends anywhere leads to the sign-in page, which leads back here.
useSessionStore.subscribe((state, before) => {
  if (before.session === null || state.session !== null) return;
  const next = state.ended === 'expired' ? router.state.location.href : undefined;
  void router.navigate({ to: '/sign-in', search: next ? { next } : {} });
});
