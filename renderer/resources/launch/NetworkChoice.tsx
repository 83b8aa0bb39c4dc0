import { Checkbox, MultiSelect } from '@mantine/core';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import type { NetworkView } from '../../../app/contract/openstack.ts';
import { GuestReach } from '../networks/GuestReach.tsx';
import classes from './launch.module.css';

/** As many boxes as are seen at once; of more, names are found as one types. */
const BOXES = 12;
const OFFERED = 60;

export interface NetworkChoiceProps {
  /** Undefined before they are known. */
  networks: readonly NetworkView[] | undefined;
  value: string[];
  onChange: (ids: string[]) => void;
  error: ReactNode;
}

/** The networks a machine is to be on. */
export function NetworkChoice({ networks, value, onChange, error }: NetworkChoiceProps) {
  const { t } = useTranslation(['launch', 'design']);
  const choices = (networks ?? []).map(({ id, name }) => ({ value: id, label: name || id }));
  const none = value.length === 0 && networks !== undefined && <span className="muted">{t('noNetwork')}</span>;
  return (
    <section className={classes.part}>
      <h2>{t('networks')}</h2>
      {choices.length > BOXES ? (
        <>
          <MultiSelect
            className={classes.manyNetworks}
            aria-label={t('networks')}
            data={choices}
            value={value}
            onChange={onChange}
            error={error}
            searchable
            limit={OFFERED}
            nothingFoundMessage={t('design:nothingNamed')}
          />
          {none}
        </>
      ) : (
        <Checkbox.Group aria-label={t('networks')} value={value} onChange={onChange} error={error}>
          <div className={classes.networks}>
            {choices.map((choice) => (
              <Checkbox key={choice.value} {...choice} />
            ))}
            {none}
          </div>
        </Checkbox.Group>
      )}
      {value.length > 0 && <GuestReach />}
    </section>
  );
}
