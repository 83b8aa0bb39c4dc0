import { useTranslation } from 'react-i18next';
import type { NetworkView } from '../../../app/contract/openstack.ts';
import { ActionButton } from '../../design/actions/ActionButton.tsx';
import { ActionMenu } from '../../design/actions/ActionMenu.tsx';
import { CopyText } from '../../design/CopyText.tsx';
import { Field, FieldList } from '../../design/PageHeader.tsx';
import { PanelHeading } from '../../design/PanelHeading.tsx';
import { TagList } from '../../design/TagList.tsx';
import { addSubnet, SUBNET_ACTIONS } from './actions/subnet-actions.tsx';
import classes from './networks.module.css';
import { useSubnetsByNetwork } from './use-subnets.ts';

/** The address ranges of a network. */
export function SubnetList({ network }: { network: NetworkView }) {
  const { t } = useTranslation('networks');
  const byNetwork = useSubnetsByNetwork();
  const subnets = byNetwork?.get(network.id) ?? [];
  return (
    <>
      <PanelHeading actions={<ActionButton action={addSubnet} things={[network]} variant="subtle" />}>
        {t('ranges')}
      </PanelHeading>
      {byNetwork && subnets.length === 0 && <p className="muted">{t('noRanges')}</p>}
      {subnets.map((subnet) => (
        <section key={subnet.id} className={classes.subnet} aria-label={subnet.name || subnet.cidr}>
          <FieldList>
            <Field label={subnet.name || t('range')}>
              <CopyText value={subnet.cidr} />
            </Field>
            <Field label={t('gateway')}>
              {subnet.gateway_ip ? <CopyText value={subnet.gateway_ip} /> : t('noGateway')}
            </Field>
            <Field label="DNS">{subnet.dns_nameservers.join(', ') || '–'}</Field>
            {subnet.tags.length > 0 && (
              <Field label={t('tags')}>
                <TagList tags={subnet.tags} />
              </Field>
            )}
          </FieldList>
          <ActionMenu actions={SUBNET_ACTIONS} things={[subnet]} label={t('actionsOf', { name: subnet.cidr })} />
        </section>
      ))}
    </>
  );
}
