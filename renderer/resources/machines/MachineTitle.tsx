import { TextInput, Tooltip } from '@mantine/core';
import { IconPencil } from '@tabler/icons-react';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { ServerView } from '../../../app/contract/openstack.ts';
import { toCloudError } from '../../api/cloud-error.ts';
import { updateServer } from '../../api/compute.api.ts';
import { useCurrentUser } from '../../session/use-current-user.ts';
import { renameMachine } from './actions/rename-machine.action.tsx';
import { checkMachineName } from './machine-name.ts';
import classes from './machines.module.css';

/** The machine's name; a click makes it a field. Enter keeps, Escape lets go. */
export function MachineTitle({ server }: { server: ServerView }) {
  const { t } = useTranslation('machines');
  const [draft, setDraft] = useState<string | null>(null);
  const [error, setError] = useState<string | null>(null);
  const [isBusy, setBusy] = useState(false);
  const verdict = renameMachine.can(server, useCurrentUser());

  const save = async (): Promise<void> => {
    if (draft === null || isBusy) return;
    const name = draft.trim();
    if (name === server.name) return setDraft(null);
    const problem = checkMachineName(draft);
    if (problem) return setError(problem);
    setBusy(true);
    try {
      await updateServer(server.id, { name });
      setDraft(null);
    } catch (failure) {
      setError(toCloudError(failure).message);
    } finally {
      setBusy(false);
    }
  };

  if (draft !== null) {
    return (
      <Tooltip label={error} opened={error !== null} color="red" position="bottom-start">
        <TextInput
          className={classes.titleInput}
          aria-label={t('name')}
          value={draft}
          error={error !== null}
          disabled={isBusy}
          autoFocus
          onFocus={(event) => event.currentTarget.select()}
          onChange={(event) => {
            setDraft(event.currentTarget.value);
            setError(null);
          }}
          onBlur={() => error === null && void save()}
          onKeyDown={(event) => {
            if (event.key === 'Enter') void save();
            if (event.key === 'Escape') {
              setDraft(null);
              setError(null);
            }
          }}
        />
      </Tooltip>
    );
  }
  return (
    <Tooltip
      multiline
      maw={480}
      label={
        <>
          <strong className={classes.wholeName}>{server.name}</strong>
          {verdict.allowed ? t('action.rename') : verdict.reason}
        </>
      }
    >
      <button
        type="button"
        className={classes.titleButton}
        aria-disabled={!verdict.allowed}
        aria-description={verdict.allowed ? undefined : verdict.reason}
        onClick={() => verdict.allowed && setDraft(server.name)}
      >
        <span className="truncate">{server.name}</span>
        <IconPencil size={14} aria-hidden="true" />
      </button>
    </Tooltip>
  );
}
