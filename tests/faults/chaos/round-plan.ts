import { SeededChoice } from './seeded-choice.ts';

export type Hypervisor = 'qemu' | 'simulated';

const ACTIONS = [
  'launch',
  'stop',
  'start',
  'reboot',
  'pause',
  'unpause',
  'rename',
  'delete server',
  'upload image',
  'delete image',
  'make key',
  'delete key',
  'make user',
  'rename user',
] as const;
export type Action = (typeof ACTIONS)[number];

/** How often each comes, of the sum. Launches lead, or there is nothing for the others to work on. */
const SHARES: Partial<Record<Action, number>> = { launch: 6, 'delete server': 3, 'upload image': 3, rename: 2 };
const DRAWN = ACTIONS.flatMap((action) => Array.from({ length: SHARES[action] ?? 1 }, () => action));

const FAULTS = [
  'controller killed',
  'controller restarted',
  'controller frozen',
  'agent killed',
  'agent restarted',
  'agent frozen',
  'all killed',
  'guest killed',
  'guest frozen',
  'clients cut off',
  'bus cut',
  'disk filled',
  'clock turned',
] as const;
export type FaultKind = (typeof FAULTS)[number];

export interface PlannedFault {
  kind: FaultKind;
  /** It comes when so many actions have been acknowledged in this round. */
  after: number;
  /** What is frozen goes on after so long; how long nobody answers cannot be counted in answers. */
  frozenMs: number;
  /** A full disk and a wrong clock last for so many more requests. */
  requests: number;
  /** Seconds the clock is turned by, and whose. */
  clock: { of: 'controller' | 'agent'; seconds: number };
}

export interface RoundPlan {
  hypervisor: Hypervisor;
  clients: { actions: Action[]; seed: number }[];
  faults: PlannedFault[];
}

/** What cannot be done here is not planned: kinds named in `without`. */
export interface PlanOptions {
  seed: number;
  round: number;
  hypervisor: Hypervisor | 'mixed';
  without: readonly FaultKind[];
}

/** Of this many rounds with both kinds, one is with real machines. */
const REAL_EVERY = 5;
const DAY_SECONDS = 86_400;

/** A round depends on the seed and its number alone. */
export function planRound({ seed, round, hypervisor: wished, without }: PlanOptions): RoundPlan {
  const choice = new SeededChoice(Math.imul(seed, 0x9e3779b1) + round);
  const hypervisor = wished === 'mixed' ? (round % REAL_EVERY === 0 ? 'qemu' : 'simulated') : wished;
  const isReal = hypervisor === 'qemu';
  const [clients, actions, faults] = isReal ? [2, 6, 3] : [4, 12, 4];
  const kinds = FAULTS.filter((kind) => (isReal || !kind.startsWith('guest')) && !without.includes(kind));
  return {
    hypervisor,
    clients: Array.from({ length: clients }, () => ({
      actions: ['launch', ...Array.from({ length: actions - 1 }, () => choice.pick(DRAWN))],
      seed: choice.between(0, 2 ** 31),
    })),
    faults: Array.from({ length: faults }, () => ({
      kind: choice.pick(kinds),
      after: choice.between(1, clients * actions - 4),
      frozenMs: choice.between(100, 1500),
      requests: choice.between(4, 12),
      clock: {
        // The clock of an agent of real machines is theirs too.
        of: isReal ? ('controller' as const) : choice.pick(['controller', 'agent'] as const),
        seconds: choice.pick([-1, 1]) * choice.pick([600, DAY_SECONDS]),
      },
    })).sort((one, other) => one.after - other.after),
  };
}
