import { useMemo } from 'react';
import { type Action, allowedThings } from '../design/actions/action.ts';
import { runAction } from '../design/actions/run-action.ts';
import { useCurrentUser } from '../session/use-current-user.ts';
import { type PaletteCommand, usePaletteCommands } from './palette.store.ts';

const NONE: readonly never[] = [];

/** What can be done now to the thing that is open, in the palette. */
export function useThingCommands<T extends { id: string }>(
  actions: readonly Action<T>[] = NONE,
  thing: T | undefined,
  name: string,
): void {
  const user = useCurrentUser();
  const commands = useMemo<PaletteCommand[]>(
    () =>
      thing === undefined
        ? []
        : actions
            .filter((action) => allowedThings(action, [thing], user).things.length > 0)
            .map((action) => ({
              id: action.id,
              label: `${action.label()}: ${name}`,
              group: name,
              icon: action.icon,
              run: () => void runAction(action, [thing]),
            })),
    [actions, thing, name, user],
  );
  usePaletteCommands(commands);
}
