import { Select, Table } from '@mantine/core';
import { useForm } from '@mantine/form';
import { useTranslation } from 'react-i18next';
import type { FlavorView } from '../../../../app/contract/openstack.ts';
import { resizeServer } from '../../../api/compute.api.ts';
import { ErrorAlert } from '../../../design/ErrorAlert.tsx';
import { type AnyResource, findResource } from '../../../kernel/resource.ts';
import { useThings } from '../../../kernel/use-things.ts';
import { useSafety } from '../hooks/use-safety.tsx';
import { describeSize } from '../machine-state.ts';
import { offeredSizes, sizeChanges, whyNotSize } from '../resize-fit.ts';
import { verbText } from '../verb-text.ts';
import { VerbForm } from './VerbForm.tsx';
import type { VerbDialogProps } from './verb-dialog.ts';

/** At a time, of names that are found as one types. */
const OFFERED = 60;

/** Which size machines get, what of each becomes another, and what that costs. */
export function ResizeDialog(props: VerbDialogProps) {
  const { t } = useTranslation('machines');
  const { offer, servers } = props;
  const { isSafe, choice } = useSafety(servers);
  const { things, error } = useThings(findResource('flavors') as AnyResource, { isAllAsked: true });
  const flavors = offeredSizes((things ?? []) as unknown as FlavorView[]);
  const form = useForm({
    initialValues: { flavor: '' },
    validate: { flavor: (flavor) => (flavor === '' ? t('resize.noFlavor') : null) },
  });
  const chosen = flavors.find(({ id }) => id === form.values.flavor);
  const reasons = new Map(flavors.map((flavor) => [flavor.id, whyNotSize(flavor, servers)]));
  const isAnyPossible = flavors.some(({ id }) => reasons.get(id) === null);
  return (
    <VerbForm
      {...props}
      form={form}
      size={520}
      fieldNames={{ flavorRef: 'flavor' }}
      each={({ id }, { flavor }) => resizeServer(id, flavor, isSafe)}
    >
      {error ? (
        <ErrorAlert error={error} />
      ) : (
        <Select
          label={verbText(offer, 'ask')}
          description={things !== undefined && !isAnyPossible ? t('resize.none') : undefined}
          disabled={things === undefined}
          searchable
          allowDeselect={false}
          limit={OFFERED}
          data-autofocus
          data={flavors.map((flavor) => ({
            value: flavor.id,
            label: `${flavor.name} · ${describeSize(flavor)}`,
            disabled: reasons.get(flavor.id) !== null,
          }))}
          renderOption={({ option }) => (
            <div>
              <div>{option.label}</div>
              {reasons.get(option.value) && <small>{reasons.get(option.value)}</small>}
            </div>
          )}
          {...form.getInputProps('flavor')}
        />
      )}
      {chosen && servers[0] && servers.length === 1 && (
        <Table aria-label={t('resize.changes')}>
          <Table.Tbody>
            {sizeChanges(servers[0], chosen).map(({ what, before, after }) => (
              <Table.Tr key={what}>
                <Table.Th scope="row">{t(`resize.what.${what}`)}</Table.Th>
                <Table.Td>{t('resize.change', { before, after })}</Table.Td>
              </Table.Tr>
            ))}
          </Table.Tbody>
        </Table>
      )}
      {choice}
    </VerbForm>
  );
}
