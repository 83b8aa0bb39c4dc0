import { QueryClient } from '@tanstack/react-query';
import { CloudError } from './cloud-error.ts';

/**
 * Server state lives here and nowhere else. Events refresh it (event-refresh.ts), so nothing polls and what was read
 * stays fresh while the event stream is connected.
 */
export const queryClient = new QueryClient({
  defaultOptions: {
    queries: {
      staleTime: 60_000,
      gcTime: 10 * 60_000,
      refetchOnWindowFocus: false,
      retry: (failures, error) => {
        const isTransient = error instanceof CloudError && (error.status === 0 || error.status === 503);
        return isTransient && failures < 2;
      },
    },
    mutations: { retry: false },
  },
});
