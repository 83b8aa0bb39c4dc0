import { Select } from '@mantine/core';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { useZones, type ZoneChoice } from './hooks/use-zones.ts';
import classes from './launch.module.css';

export interface ZonePartProps {
  /** '' for any. */
  value: string;
  onChange: (zone: string) => void;
  error: ReactNode;
}

/** Where there is more than one zone: in which the machine is to be. */
export function ZonePart({ value, onChange, error }: ZonePartProps) {
  const { t } = useTranslation('launch');
  const zones = useZones();
  const labelOf = ({ name, isOpen, up }: ZoneChoice): string => {
    if (!isOpen) return t('zoneClosed', { name });
    return up === null ? name : t('zoneChoice', { name, hosts: t('zoneHosts', { count: up }) });
  };
  // What was chosen stays to be seen, also when its zone is gone by now.
  const isGone = value !== '' && zones.every(({ name }) => name !== value);
  if (zones.length < 2 && value === '') return null;
  return (
    <section className={classes.part}>
      <h2>{t('zone')}</h2>
      <Select
        className={classes.keySelect}
        aria-label={t('zone')}
        description={t('zoneHint')}
        inputWrapperOrder={['input', 'description', 'error']}
        data={[
          { value: '', label: t('anyZone') },
          ...zones.map((zone) => ({ value: zone.name, label: labelOf(zone), disabled: !zone.isOpen })),
          ...(isGone ? [{ value, label: value }] : []),
        ]}
        allowDeselect={false}
        value={value}
        error={error}
        onChange={(zone) => onChange(zone ?? '')}
      />
    </section>
  );
}
