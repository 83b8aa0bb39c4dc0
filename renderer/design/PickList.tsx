import { ActionIcon, Select, Tooltip } from '@mantine/core';
import { IconX } from '@tabler/icons-react';
import { useMutation } from '@tanstack/react-query';
import { useMemo } from 'react';
import { useTranslation } from 'react-i18next';
import { ErrorAlert } from './ErrorAlert.tsx';
import classes from './pick-list.module.css';
import type { Verdict } from './verdict.ts';

interface Named {
  id: string;
  name: string;
}

export interface PickListProps<T extends Named> {
  label: string;
  addLabel: string;
  removeLabel: (name: string) => string;
  emptyText: string;
  /** Undefined while they load. */
  things: readonly T[] | undefined;
  /** Everything that could be in the list; what is there already is not offered. */
  choices: readonly Named[];
  add: Verdict;
  remove: Verdict;
  onAdd: (id: string) => Promise<unknown>;
  onRemove: (thing: T) => Promise<unknown>;
}
const OFFERED = 60;

/** Things that belong to one thing: chosen by name, each taken out again by its cross. */
export function PickList<T extends Named>(props: PickListProps<T>) {
  const { t } = useTranslation('design');
  const { things, choices, onAdd, onRemove } = props;
  const offered = useMemo(() => {
    const taken = new Set(things?.map(({ id }) => id));
    return choices.filter(({ id }) => !taken.has(id)).map(({ id, name }) => ({ value: id, label: name }));
  }, [things, choices]);
  const add = useMutation({ mutationFn: onAdd });
  const remove = useMutation({ mutationFn: onRemove });
  const error = add.error ?? remove.error;
  return (
    <>
      <Tooltip label={props.add.allowed ? '' : props.add.reason} disabled={props.add.allowed}>
        <div>
          <Select
            aria-label={props.label}
            placeholder={props.addLabel}
            data={offered}
            value={null}
            searchable
            limit={OFFERED}
            disabled={!props.add.allowed || add.isPending}
            nothingFoundMessage={t('nothingNamed')}
            onChange={(id) => id && add.mutate(id)}
          />
        </div>
      </Tooltip>
      {error && <ErrorAlert error={error} />}
      {things?.length === 0 && <p className="muted">{props.emptyText}</p>}
      <ul className={classes.list}>
        {things?.map((thing) => (
          <li key={thing.id}>
            <span className="truncate">{thing.name}</span>
            {props.remove.allowed && (
              <Tooltip label={props.removeLabel(thing.name)}>
                <ActionIcon
                  aria-label={props.removeLabel(thing.name)}
                  loading={remove.isPending && remove.variables.id === thing.id}
                  onClick={() => remove.mutate(thing)}
                >
                  <IconX size={16} />
                </ActionIcon>
              </Tooltip>
            )}
          </li>
        ))}
      </ul>
    </>
  );
}
