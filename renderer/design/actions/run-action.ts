import { create } from 'zustand';
import { toCloudError } from '../../api/cloud-error.ts';
import { askToConfirm } from '../dialogs/confirm.store.ts';
import { notifyError } from '../notify.tsx';
import { shortList } from '../short-list.ts';
import type { Action } from './action.ts';

/** Calls at once for a choice of many: enough to be quick, few enough not to starve the page's own reads. */
const AT_ONCE = 6;

interface RunningState {
  running: ReadonlySet<string>;
}

const useRunningStore = create<RunningState>(() => ({ running: new Set() }));

const identity = (actionId: string, thingId: string): string => `${actionId} ${thingId}`;

/** True while this action runs for this thing, wherever it was started. */
export function useIsRunning(actionId: string, thingId: string): boolean {
  return useRunningStore((state) => state.running.has(identity(actionId, thingId)));
}

export function isRunning(actionId: string, thingId: string): boolean {
  return useRunningStore.getState().running.has(identity(actionId, thingId));
}

/** Asks where the action wants it, runs it for each thing, shows what failed. Answers false when it was called off. */
export async function runAction<T extends { id: string }>(action: Action<T>, things: T[]): Promise<boolean> {
  const waiting = things.filter((thing) => !isRunning(action.id, thing.id));
  if (waiting.length === 0) return false;
  const confirmation = action.confirm?.(waiting) ?? null;
  if (confirmation && !(await askToConfirm(confirmation))) return false;
  const failures: Failure<T>[] = [];
  const attempt = async (chosen: T[], run: () => unknown): Promise<void> => {
    mark(action.id, chosen, true);
    try {
      await run();
    } catch (error) {
      failures.push({ things: chosen, error });
    } finally {
      mark(action.id, chosen, false);
    }
  };
  if (action.runAll) {
    await attempt(waiting, () => action.runAll?.(waiting));
  } else {
    const queue = [...waiting];
    const worker = async (): Promise<void> => {
      for (let thing = queue.shift(); thing !== undefined; thing = queue.shift()) {
        const one = thing;
        await attempt([one], () => action.run(one));
      }
    };
    await Promise.all(Array.from({ length: Math.min(AT_ONCE, queue.length) }, worker));
  }
  tellFailures(action, failures);
  return true;
}

interface Failure<T> {
  things: T[];
  error: unknown;
}

/** One message for one cause, however many things it struck. */
function tellFailures<T extends { id: string }>(action: Action<T>, failures: Failure<T>[]): void {
  for (const alike of Map.groupBy(failures, ({ error }) => toCloudError(error).message).values()) {
    const names = alike.flatMap((failure) => failure.things.map(nameOf));
    notifyError(alike[0]?.error, `${action.label()}: ${shortList(names)}`);
  }
}

function mark(actionId: string, things: { id: string }[], isOn: boolean): void {
  const running = new Set(useRunningStore.getState().running);
  for (const thing of things) {
    if (isOn) running.add(identity(actionId, thing.id));
    else running.delete(identity(actionId, thing.id));
  }
  useRunningStore.setState({ running });
}

function nameOf(thing: { id: string }): string {
  return 'name' in thing && typeof thing.name === 'string' ? thing.name : thing.id;
}
