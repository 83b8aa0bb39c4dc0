import { ActionIcon, Autocomplete, Button, Tooltip } from '@mantine/core';
import { IconX } from '@tabler/icons-react';
import { useMutation } from '@tanstack/react-query';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { ImageView } from '../../../app/contract/openstack.ts';
import { addImageMember, removeImageMember } from '../../api/image.api.ts';
import { queryClient } from '../../api/query-client.ts';
import { keys } from '../../api/query-keys.ts';
import { ErrorAlert } from '../../design/ErrorAlert.tsx';
import { notifyError } from '../../design/notify.tsx';
import { Section } from '../../design/PageHeader.tsx';
import { StateBadge } from '../../design/StateBadge.tsx';
import { useProjectNames } from '../../kernel/use-project-names.ts';
import { useCurrentUser } from '../../session/use-current-user.ts';
import { useImageMembers } from './hooks/use-images.ts';
import { mayChangeImage } from './image-rights.ts';
import classes from './images.module.css';

const TONES = { pending: 'busy', accepted: 'running', rejected: 'stopped' } as const;

/** The projects that a shared image is open to. */
export function ImageMembers({ image }: { image: ImageView }) {
  const { t } = useTranslation('images');
  const user = useCurrentUser();
  const members = useImageMembers(image.id, true);
  const projects = useProjectNames();
  const [project, setProject] = useState('');
  const right = mayChangeImage(image, user);
  const refresh = () => queryClient.invalidateQueries({ queryKey: keys.images.members(image.id) });
  const add = useMutation({
    mutationFn: (id: string) => addImageMember(image.id, id),
    onSuccess: () => {
      setProject('');
      return refresh();
    },
  });
  const remove = useMutation({
    mutationFn: (id: string) => removeImageMember(image.id, id),
    onSuccess: refresh,
    onError: (error) => notifyError(error, t('members.removeFailed')),
  });
  // A project may be given by its name where names are known.
  const idOf = (text: string): string => [...projects].find(([, name]) => name === text)?.[0] ?? text;
  return (
    <Section title={t('members.title')}>
      <p className="muted">{t('members.text')}</p>
      {members.error && <ErrorAlert error={members.error} onRetry={() => void members.refetch()} />}
      <ul className={classes.members}>
        {members.data?.map((member) => (
          <li key={member.member_id}>
            <span className="truncate">{projects.get(member.member_id) ?? member.member_id}</span>
            <StateBadge tone={TONES[member.status]} label={t(`members.${member.status}`)} />
            {right.allowed && (
              <Tooltip label={t('members.remove')}>
                <ActionIcon
                  aria-label={`${t('members.remove')} ${projects.get(member.member_id) ?? member.member_id}`}
                  loading={remove.isPending && remove.variables === member.member_id}
                  onClick={() => remove.mutate(member.member_id)}
                >
                  <IconX size={16} />
                </ActionIcon>
              </Tooltip>
            )}
          </li>
        ))}
      </ul>
      {right.allowed && (
        <form
          className={classes.addMember}
          onSubmit={(event) => {
            event.preventDefault();
            if (project.trim() !== '') add.mutate(idOf(project.trim()));
          }}
        >
          <Autocomplete
            aria-label={t('members.project')}
            placeholder={t('members.project')}
            data={[...projects.values()]}
            value={project}
            onChange={setProject}
          />
          <Button type="submit" variant="default" loading={add.isPending} disabled={project.trim() === ''}>
            {t('members.add')}
          </Button>
        </form>
      )}
      {add.error && <ErrorAlert error={add.error} />}
    </Section>
  );
}
