import { lazyRouteComponent } from '@tanstack/react-router';
import { CloudError } from '../api/cloud-error.ts';
import { useStreamStore } from '../api/event-stream.ts';
import { t } from '../i18n/i18n.ts';

type Importer = Parameters<typeof lazyRouteComponent>[0];

/**
 * A page that is fetched when it is first opened. While the controller is away that fails as any call does: the router
 * would load the whole dashboard anew, from a controller that is not there.
 */
export const lazyPage = ((importer: Importer, name?: never) =>
  lazyRouteComponent(
    () =>
      importer().catch((cause: unknown) => {
        if (useStreamStore.getState().state === 'connected') throw cause;
        throw new CloudError(t('design:fault.controllerAway'), {
          status: 0,
          code: 'unavailable',
          hint: t('design:fault.pageAwayHint'),
          cause,
        });
      }),
    name,
  )) as typeof lazyRouteComponent;
