import { useForm } from '@mantine/form';
import { useTranslation } from 'react-i18next';
import { type Aggregate, setAggregateMetadata } from '../../../api/aggregate.api.ts';
import type { DialogProps } from '../../../design/dialogs/dialog.store.ts';
import { FormDialog } from '../../../design/dialogs/FormDialog.tsx';
import { doubledKey, type KeyValue, KeyValueEditor } from '../../../design/KeyValueEditor.tsx';

/** What flavors are matched with; the zone has a field of its own. */
export function MetadataDialog({ aggregate, ...props }: DialogProps & { aggregate: Aggregate }) {
  const { t } = useTranslation(['aggregates', 'design']);
  const { availability_zone: _zone, ...before } = aggregate.metadata;
  const form = useForm<{ pairs: KeyValue[] }>({
    initialValues: { pairs: Object.entries(before).map(([key, value]) => ({ key, value })) },
    validate: {
      pairs: (pairs) => {
        const twice = doubledKey(pairs);
        if (twice !== undefined) return t('design:pairs.twice', { name: twice });
        return pairs.some(({ key }) => key.trim() === 'availability_zone') ? t('problem.zoneElsewhere') : null;
      },
    },
  });
  return (
    <FormDialog
      {...props}
      title={t('metadataOf', { name: aggregate.name })}
      form={form}
      size={560}
      submitLabel={t('edit.submit')}
      onSubmit={async ({ pairs }) => {
        const after = new Map(pairs.map(({ key, value }) => [key.trim(), value.trim()]));
        after.delete('');
        const changes: Record<string, string | null> = {};
        for (const [key, value] of after) if (before[key] !== value) changes[key] = value;
        for (const key of Object.keys(before)) if (!after.has(key)) changes[key] = null;
        if (Object.keys(changes).length > 0) await setAggregateMetadata(aggregate.id, changes);
      }}
    >
      <KeyValueEditor
        label={t('metadata')}
        description={t('metadataHint')}
        keyPlaceholder="ssd"
        value={form.values.pairs}
        onChange={(pairs) => form.setFieldValue('pairs', pairs)}
        error={typeof form.errors.pairs === 'string' ? form.errors.pairs : undefined}
      />
    </FormDialog>
  );
}
