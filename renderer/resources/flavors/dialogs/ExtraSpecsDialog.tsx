import { useForm } from '@mantine/form';
import { useTranslation } from 'react-i18next';
import type { FlavorView } from '../../../../app/contract/openstack.ts';
import { deleteFlavorExtraSpec, setFlavorExtraSpecs } from '../../../api/flavor.api.ts';
import type { DialogProps } from '../../../design/dialogs/dialog.store.ts';
import { FormDialog } from '../../../design/dialogs/FormDialog.tsx';
import { doubledKey, type KeyValue, KeyValueEditor } from '../../../design/KeyValueEditor.tsx';
import { changeOfExtraSpecs, KNOWN_EXTRA_SPECS, refusedKey } from '../extra-specs.ts';

/** Names and values that say more of a size than its figures: CPU policy, limits, traits. */
export function ExtraSpecsDialog({ flavor, ...props }: DialogProps & { flavor: FlavorView }) {
  const { t } = useTranslation(['flavors', 'design']);
  const before = flavor.extra_specs ?? {};
  const form = useForm<{ specs: KeyValue[] }>({
    initialValues: { specs: Object.entries(before).map(([key, value]) => ({ key, value })) },
    validate: {
      specs: (pairs) => {
        const twice = doubledKey(pairs);
        if (twice !== undefined) return t('design:pairs.twice', { name: twice });
        const refused = refusedKey(pairs);
        return refused === undefined ? null : t('problem.specKey', { name: refused });
      },
    },
  });
  return (
    <FormDialog
      {...props}
      title={t('extraSpecs.title', { name: flavor.name })}
      form={form}
      size={560}
      submitLabel={t('save')}
      onSubmit={async ({ specs }) => {
        const change = changeOfExtraSpecs(before, specs);
        if (!change) return;
        // First what may be refused, so that a mistake removes nothing.
        if (Object.keys(change.set).length > 0) await setFlavorExtraSpecs(flavor.id, change.set);
        for (const key of change.removed) await deleteFlavorExtraSpec(flavor.id, key);
      }}
    >
      <KeyValueEditor
        label={t('extraSpecs.label')}
        description={t('extraSpecs.hint')}
        keyPlaceholder="hw:watchdog_action"
        known={KNOWN_EXTRA_SPECS.map(([key, name]) => ({ key, text: t(`extraSpecs.known.${name}`) }))}
        value={form.values.specs}
        onChange={(pairs) => form.setFieldValue('specs', pairs)}
        error={typeof form.errors.specs === 'string' ? form.errors.specs : undefined}
      />
    </FormDialog>
  );
}
