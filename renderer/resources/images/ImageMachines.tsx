import { Link } from '@tanstack/react-router';
import { useTranslation } from 'react-i18next';
import { Section } from '../../design/PageHeader.tsx';
import { useServers } from '../../kernel/use-servers.ts';
import { MachineState } from '../machines/MachineState.tsx';
import classes from './images.module.css';

const SHOWN = 12;

/** The machines of this project that were made from an image. */
export function ImageMachines({ imageId }: { imageId: string }) {
  const { t } = useTranslation('images');
  const servers = useServers().data?.filter((server) => server.image !== '' && server.image.id === imageId);
  if (!servers) return null;
  return (
    <Section title={t('machines')}>
      {servers.length === 0 && <p className="muted">{t('noMachines')}</p>}
      <ul className={classes.members}>
        {servers.slice(0, SHOWN).map((server) => (
          <li key={server.id}>
            <Link to="/machines/$id" params={{ id: server.id }} className="truncate">
              {server.name}
            </Link>
            <MachineState server={server} />
          </li>
        ))}
      </ul>
      {servers.length > SHOWN && <p className="muted">{t('moreMachines', { count: servers.length - SHOWN })}</p>}
    </Section>
  );
}
