import { create } from 'zustand';
import { persist } from 'zustand/middleware';

interface SeenFailures {
  /** By person: when the newest failure ended that they have looked at, in the controller's time. */
  seenUpTo: Record<string, string>;
  /** Failed tasks that were put aside where their machine shows them. */
  dismissed: readonly string[];
}

/** So many are remembered; tasks are forgotten too. */
const KEPT = 200;

/** What a person has seen of what failed, kept on this computer. */
export const useSeenFailures = create<SeenFailures>()(
  persist((): SeenFailures => ({ seenUpTo: {}, dismissed: [] }), { name: 'cumulet.failures' }),
);

export function markFailuresSeen(userId: string, upTo: string): void {
  useSeenFailures.setState(({ seenUpTo }) => ({ seenUpTo: { ...seenUpTo, [userId]: upTo } }));
}

export function dismissFailure(taskId: string): void {
  useSeenFailures.setState(({ dismissed }) => ({ dismissed: [taskId, ...dismissed].slice(0, KEPT) }));
}
