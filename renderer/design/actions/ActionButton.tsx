import { Button, type ButtonProps, Tooltip } from '@mantine/core';
import { useCurrentUser } from '../../session/use-current-user.ts';
import { type Action, allowedThings } from './action.ts';
import { runAction, useIsRunning } from './run-action.ts';

export interface ActionButtonProps<T extends { id: string }> extends Pick<ButtonProps, 'variant'> {
  action: Action<T>;
  things: T[];
  /** Said instead of the action's own reason, such as "choose machines first". */
  emptyReason?: string;
  onDone?: (() => void) | undefined;
  /** Its name on pointing at it, where there may be no room for it. */
  isTitled?: boolean;
}

/** An action as a button: disabled with its reason while it may not run, busy while it does. */
export function ActionButton<T extends { id: string }>(props: ActionButtonProps<T>) {
  const { action, things, emptyReason, variant = 'default', onDone, isTitled } = props;
  const user = useCurrentUser();
  const isBusy = useIsRunning(action.id, things.length === 1 ? (things[0]?.id ?? '') : '');
  const { things: allowed, reason } = allowedThings(action, things, user);
  const why = things.length === 0 ? emptyReason : reason;
  const isDisabled = allowed.length === 0 || isBusy;
  const ActionIcon = action.icon;
  return (
    <Tooltip label={why} disabled={!why}>
      <Button
        variant={variant}
        color={action.isDangerous ? 'red' : undefined}
        leftSection={<ActionIcon size={16} aria-hidden="true" />}
        data-disabled={isDisabled || undefined}
        aria-disabled={isDisabled}
        aria-description={why ?? undefined}
        aria-busy={isBusy}
        title={isTitled && !why ? action.label() : undefined}
        onClick={async () => {
          if (!isDisabled && (await runAction(action, allowed))) onDone?.();
        }}
      >
        {action.label()}
      </Button>
    </Tooltip>
  );
}
