import { useTranslation } from 'react-i18next';
import { CopyText } from '../../design/CopyText.tsx';
import { Field, FieldList } from '../../design/PageHeader.tsx';
import { PanelHeading } from '../../design/PanelHeading.tsx';
import { useSubnets } from './use-subnets.ts';

/** The address ranges of a network. */
export function SubnetList({ networkId }: { networkId: string }) {
  const { t } = useTranslation('networks');
  const subnets = useSubnets().data?.filter((subnet) => subnet.network_id === networkId);
  return (
    <>
      <PanelHeading>{t('ranges')}</PanelHeading>
      {subnets?.length === 0 && <p className="muted">{t('noRanges')}</p>}
      {subnets?.map((subnet) => (
        <FieldList key={subnet.id}>
          <Field label={subnet.name || t('range')}>
            <CopyText value={subnet.cidr} />
          </Field>
          <Field label={t('gateway')}>{subnet.gateway_ip && <CopyText value={subnet.gateway_ip} />}</Field>
          <Field label="DNS">{subnet.dns_nameservers.join(', ') || '–'}</Field>
          <Field label="DHCP">{t(subnet.enable_dhcp ? 'on' : 'off')}</Field>
        </FieldList>
      ))}
    </>
  );
}
