import { Button, Group, Menu, SegmentedControl, Switch } from '@mantine/core';
import { IconDownload } from '@tabler/icons-react';
import { useNavigate, useSearch } from '@tanstack/react-router';
import { useTranslation } from 'react-i18next';
import { exportAudit } from '../../../api/v1.api.ts';
import { notifyError } from '../../../design/notify.tsx';
import { saveFile } from '../../../design/save-file.ts';
import classes from '../activity.module.css';
import { AUDIT_PERIODS, readPeriod, toAuditFilter } from '../audit-filter.ts';
import { AuditTable } from './AuditTable.tsx';

/** The audit trail with what narrows it, and as a file. */
export function AuditTab() {
  const { t } = useTranslation('activity');
  const navigate = useNavigate();
  const { period: asked, failures } = useSearch({ from: '/frame/activity' });
  const choice = { period: readPeriod(asked), onlyFailures: failures === 'only' };
  const filter = toAuditFilter(choice);
  const choose = (change: { period?: string | undefined; failures?: string | undefined }) =>
    void navigate({ to: '/activity', search: (before) => ({ ...before, ...change }) });
  const save = async (format: 'csv' | 'json') => {
    try {
      await saveFile(format === 'csv' ? 'audit.csv' : 'audit.ndjson', await exportAudit({ ...filter, format }));
    } catch (error) {
      notifyError(error);
    }
  };
  return (
    <>
      <Group px={16} pb={8} gap={16} className={classes.filters}>
        <SegmentedControl
          aria-label={t('period.label')}
          value={choice.period}
          onChange={(value) => choose({ period: value === 'all' ? undefined : value })}
          data={AUDIT_PERIODS.map((value) => ({ value, label: t(`period.${value}`) }))}
        />
        <Switch
          label={t('onlyFailures')}
          checked={choice.onlyFailures}
          onChange={(event) => choose({ failures: event.currentTarget.checked ? 'only' : undefined })}
        />
        <Menu position="bottom-end">
          <Menu.Target>
            <Button variant="default" leftSection={<IconDownload size={16} />} ml="auto">
              {t('export')}
            </Button>
          </Menu.Target>
          <Menu.Dropdown>
            <Menu.Item onClick={() => void save('csv')}>{t('exportCsv')}</Menu.Item>
            <Menu.Item onClick={() => void save('json')}>{t('exportJson')}</Menu.Item>
          </Menu.Dropdown>
        </Menu>
      </Group>
      <AuditTable filter={filter} />
    </>
  );
}
