/** Where a console stands. `waiting` comes back by itself, `off` when the machine does, `cut` when its host does. */
export type ConsoleState =
  | { phase: 'connecting'; attempt: number }
  | { phase: 'open'; attempt: number }
  | { phase: 'waiting'; attempt: number; delayMs: number; why: 'lost' | 'host' | 'off' | 'controller' }
  | { phase: 'off' }
  | { phase: 'cut' }
  | { phase: 'gone' }
  | { phase: 'expired' }
  | { phase: 'refused'; message: string };

export type ConsoleEvent =
  /** The far side has answered. */
  | { type: 'opened' }
  | { type: 'closed'; code: number }
  /** No token was given: the status and words of the refusal. */
  | { type: 'refused'; status: number; message: string }
  | { type: 'machine'; power: MachinePower }
  | { type: 'retry' };

/** What is known of the machine; `cut` off with its host, `unknown` where nobody is signed in to be told. */
export type MachinePower = 'on' | 'off' | 'cut' | 'gone' | 'unknown';

export interface ConsoleCircumstances {
  /** A new token can be asked for. Without, the one link is all there is. */
  canRenew: boolean;
  power: MachinePower;
}

/** Close codes of `/console/websocket`. */
export const CLOSE = { token: 4401, machine: 4404, host: 4500 } as const;

const DELAYS_MS = [500, 1000, 2000, 4000, 8000, 15_000];

/** One step of the console's life. Pure: what has to be done in a state is done by whoever enters it. */
export function nextConsoleState(
  state: ConsoleState,
  event: ConsoleEvent,
  circumstances: ConsoleCircumstances,
): ConsoleState {
  // A deleted machine does not come back.
  if (state.phase === 'gone') return state;
  switch (event.type) {
    case 'opened':
      return state.phase === 'connecting' ? { phase: 'open', attempt: 0 } : state;
    case 'closed':
      return closed(state, event.code, circumstances);
    case 'refused':
      return refused(state, event, circumstances);
    case 'machine':
      if (event.power === 'gone') return { phase: 'gone' };
      if (event.power === 'off') return state.phase === 'refused' ? state : { phase: 'off' };
      // A connection that is open says nothing any more, and does not know it.
      if (event.power === 'cut') return state.phase === 'refused' ? state : { phase: 'cut' };
      if (event.power === 'unknown') return state;
      return ['off', 'cut', 'waiting'].includes(state.phase) ? { phase: 'connecting', attempt: 0 } : state;
    case 'retry':
      if (state.phase === 'open' || state.phase === 'connecting') return state;
      return { phase: 'connecting', attempt: attemptOf(state) };
  }
}

function closed(state: ConsoleState, code: number, { canRenew, power }: ConsoleCircumstances): ConsoleState {
  if (state.phase !== 'open' && state.phase !== 'connecting') return state;
  if (code === CLOSE.token && !canRenew) return { phase: 'expired' };
  if (code === CLOSE.machine) return off(state, canRenew, power);
  return wait(state, code === CLOSE.host ? 'host' : 'lost');
}

function refused(
  state: ConsoleState,
  { status, message }: { status: number; message: string },
  { canRenew, power }: ConsoleCircumstances,
): ConsoleState {
  if (status === 404) return { phase: 'gone' };
  if (status === 409) return off(state, canRenew, power);
  if (status === 401) return { phase: 'expired' };
  if (status >= 400 && status < 500) return { phase: 'refused', message };
  return wait(state, 'controller');
}

/**
 * Off, until the machine is told to run again. When it is said to run already (it is just starting, or the news of its
 * end is still on the way), or nobody will tell, asking again is all that helps.
 */
function off(state: ConsoleState, canRenew: boolean, power: MachinePower): ConsoleState {
  return canRenew && power !== 'on' ? { phase: 'off' } : wait(state, 'off');
}

function wait(state: ConsoleState, why: 'lost' | 'host' | 'off' | 'controller'): ConsoleState {
  const attempt = attemptOf(state);
  const delayMs = DELAYS_MS[Math.min(attempt, DELAYS_MS.length - 1)] ?? 0;
  return { phase: 'waiting', attempt: attempt + 1, delayMs, why };
}

function attemptOf(state: ConsoleState): number {
  return 'attempt' in state ? state.attempt : 0;
}
