import { useTranslation } from 'react-i18next';
import { ActionButton } from '../actions/ActionButton.tsx';
import { ActionMenu } from '../actions/ActionMenu.tsx';
import type { Action } from '../actions/action.ts';
import classes from './table.module.css';

export interface BulkActionsProps<T extends { id: string }> {
  actions: readonly Action<T>[];
  /** The chosen rows; none leaves the buttons in their place, disabled. */
  things: T[];
  onDone: () => void;
}

/** Always in the same place, so that choosing a row moves nothing. */
export function BulkActions<T extends { id: string }>({ actions, things, onDone }: BulkActionsProps<T>) {
  const { t } = useTranslation('design');
  const inMenu = actions.filter((action) => action.bulk === 'menu');
  return (
    <div className={classes.bulk} data-idle={things.length === 0 || undefined}>
      {actions
        .filter((action) => action.bulk === 'button')
        .map((action) => (
          <ActionButton
            key={action.id}
            action={action}
            things={things}
            variant="subtle"
            isTitled
            emptyReason={t('table.chooseFirst')}
            onDone={onDone}
          />
        ))}
      {inMenu.length > 0 && things.length > 0 && (
        <ActionMenu actions={inMenu} things={things} label={t('table.moreForSelection')} onDone={onDone} />
      )}
      {inMenu.length > 0 && things.length === 0 && <span className={classes.menuPlace} />}
    </div>
  );
}
