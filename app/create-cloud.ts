import type { CloudOptions } from './cloud.options.ts';
import type { StaleDatabase } from './contract/unclaimed.ts';
import type { Edge } from './http/edge.ts';
import { MODULES, partsToBeMade, servicesOf } from './modules.ts';

export interface Cloud {
  readonly edge: Edge;
  readonly failPoints: string[];
  lostPasswordFile(): Promise<string | null>;
  readonly staleDatabase: StaleDatabase | null;
  createSignInCode(): Promise<string>;
  /** Takes up unfinished work; call when the edge listens. */
  start(): Promise<void>;
  close(): Promise<void>;
}

/** Makes what the modules say, in their order, and registers it; see module.ts. */
export async function createCloud(options: CloudOptions): Promise<Cloud> {
  const parts = partsToBeMade(options);
  for (const { make } of MODULES) Object.assign(parts, await make?.(parts));
  const { edge, tasks, identity, administrator, generation } = parts;
  for (const service of servicesOf(parts)) edge.register(service);
  for (const module of MODULES) {
    module.sockets?.(parts);
    for (const task of module.tasks?.(parts) ?? []) tasks.define(task);
  }
  for (const { prepare } of MODULES) await prepare?.(parts);
  return {
    edge,
    failPoints: tasks.failPoints(),
    lostPasswordFile: () => administrator.lostPasswordFile(),
    staleDatabase: generation.stale,
    createSignInCode: () => identity.createSignInCode(),
    start: async () => {
      for (const { start } of MODULES) await start?.(parts);
    },
    close: async () => {
      const backwards = MODULES.toReversed();
      for (const { stop } of backwards) await stop?.(parts);
      for (const { close } of backwards) await close?.(parts);
    },
  };
}
