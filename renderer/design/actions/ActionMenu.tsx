import { ActionIcon, Menu, Tooltip } from '@mantine/core';
import { IconDots } from '@tabler/icons-react';
import { Fragment, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useCurrentUser } from '../../session/use-current-user.ts';
import { type Action, allowedThings } from './action.ts';
import { isRunning, runAction } from './run-action.ts';

export interface ActionMenuProps<T extends { id: string }> {
  actions: readonly Action<T>[];
  things: T[];
  label?: string;
  onDone?: (() => void) | undefined;
}

/** A button with three dots and the actions below it. */
export function ActionMenu<T extends { id: string }>({ actions, things, label, onDone }: ActionMenuProps<T>) {
  const { t } = useTranslation('design');
  const [isOpen, setOpen] = useState(false);
  return (
    <Menu opened={isOpen} onChange={setOpen} position="bottom-end">
      <Menu.Target>
        <ActionIcon aria-label={label ?? t('moreActions')}>
          <IconDots size={16} />
        </ActionIcon>
      </Menu.Target>
      <Menu.Dropdown>{isOpen && <ActionMenuItems actions={actions} things={things} onDone={onDone} />}</Menu.Dropdown>
    </Menu>
  );
}

/** The entries alone, for a menu of one's own (row menus, context menus). */
export function ActionMenuItems<T extends { id: string }>({ actions, things, onDone }: ActionMenuProps<T>) {
  const user = useCurrentUser();
  const shown = actions.filter(({ isMeantFor }) => !isMeantFor || things.some(isMeantFor));
  return shown.map((action, index) => {
    const { things: allowed, reason } = allowedThings(action, things, user);
    const isBusy = things.length === 1 && things.some((thing) => isRunning(action.id, thing.id));
    const isDisabled = allowed.length === 0 || isBusy;
    const EntryIcon = action.icon;
    const startsGroup = index > 0 && shown[index - 1]?.group !== action.group;
    return (
      <Fragment key={action.id}>
        {startsGroup && <Menu.Divider />}
        <Tooltip label={reason} disabled={!reason} position="left">
          <Menu.Item
            leftSection={<EntryIcon size={16} aria-hidden="true" />}
            style={action.isDangerous && !isDisabled ? { color: 'var(--failed)' } : undefined}
            data-disabled={isDisabled || undefined}
            aria-disabled={isDisabled}
            aria-description={reason ?? undefined}
            closeMenuOnClick={!isDisabled}
            onClick={async () => {
              if (!isDisabled && (await runAction(action, allowed))) onDone?.();
            }}
          >
            {action.label()}
          </Menu.Item>
        </Tooltip>
      </Fragment>
    );
  });
}
