import { Button, Popover } from '@mantine/core';
import { IconAlertTriangle, IconCircleCheck, IconListCheck, IconX } from '@tabler/icons-react';
import { Link } from '@tanstack/react-router';
import { useEffect, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { create } from 'zustand';
import { ProgressBar } from '../../design/Figures.tsx';
import { useCurrentUser } from '../../session/use-current-user.ts';
import frame from '../../shell/frame.module.css';
import { unseenFailures } from './failed-task.ts';
import { useRecentTasks } from './hooks/use-tasks.ts';
import { markFailuresSeen, useSeenFailures } from './seen-failures.store.ts';
import { TaskEntry } from './TaskEntry.tsx';
import { TransferEntry } from './TransferEntry.tsx';
import { isActive, taskFraction } from './task-text.ts';
import classes from './tasks.module.css';
import { clearFinishedTransfers, useTransfersStore } from './transfers.store.ts';

const SHOWN = 50;

/** Finished tasks up to this time were cleared away by the person. */
const useTrayStore = create<{ clearedAt: string }>(() => ({ clearedAt: '' }));

/** Everything that runs and what has run lately, on every page. */
export function TaskTray() {
  const { t } = useTranslation('tasks');
  const [isOpen, setOpen] = useState(false);
  const clearedAt = useTrayStore((state) => state.clearedAt);
  const tasks = (useRecentTasks().data ?? []).filter((task) => isActive(task) || task.updatedAt > clearedAt);
  const transfers = useTransfersStore((state) => state.transfers);
  const running = tasks.filter(isActive);
  const moving = transfers.filter((transfer) => transfer.state === 'running');
  const count = running.length + moving.length;
  const fractions = [...running.map(taskFraction), ...moving.map(({ done, size }) => (size ? done / size : null))];
  const known = fractions.filter((fraction) => fraction !== null);
  const overall = known.length === 0 ? null : known.reduce((sum, each) => sum + each, 0) / known.length;
  const isEmpty = tasks.length === 0 && transfers.length === 0;
  const user = useCurrentUser();
  const seenUpTo = useSeenFailures((state) => state.seenUpTo[user.id] ?? '');
  const unseen = unseenFailures(tasks, user.id, seenUpTo);
  const newest = unseen
    .map((task) => task.finishedAt ?? task.updatedAt)
    .toSorted()
    .at(-1);
  useEffect(() => {
    if (isOpen && newest) markFailuresSeen(user.id, newest);
  }, [isOpen, newest, user.id]);
  const failed = unseen.length > 0 ? t('failedCount', { count: unseen.length }) : null;
  const summary = [count > 0 && t('running', { count }), failed].filter(Boolean).join(', ');

  return (
    <Popover opened={isOpen} onChange={setOpen} position="right-end" offset={12} width={420} trapFocus>
      <Popover.Target>
        <button
          type="button"
          className={frame.footButton}
          aria-expanded={isOpen}
          aria-label={summary === '' ? t('title') : `${t('title')}: ${summary}`}
          onClick={() => setOpen(!isOpen)}
        >
          {failed ? (
            <IconAlertTriangle size={16} aria-hidden="true" className={classes.failed} />
          ) : count > 0 ? (
            <IconListCheck size={16} aria-hidden="true" />
          ) : (
            <IconCircleCheck size={16} aria-hidden="true" />
          )}
          <span className={frame.footText}>
            <span data-failed={failed ? true : undefined} className={classes.summary}>
              {summary === '' ? t('title') : summary}
            </span>
            <span className={classes.overall}>
              {count > 0 && <ProgressBar fraction={overall} label={t('title')} />}
            </span>
          </span>
        </button>
      </Popover.Target>
      <Popover.Dropdown p={0}>
        <section className={classes.tray} aria-label={t('title')}>
          <header className={classes.head}>
            <h2>{t('title')}</h2>
            <Button
              variant="subtle"
              leftSection={<IconX size={14} aria-hidden="true" />}
              disabled={tasks.length === running.length && transfers.length === moving.length}
              onClick={() => {
                useTrayStore.setState({ clearedAt: new Date().toISOString() });
                clearFinishedTransfers();
              }}
            >
              {t('clearFinished')}
            </Button>
          </header>
          {isEmpty && <p className={classes.nothing}>{t('nothing')}</p>}
          <ul className={classes.list}>
            {transfers.map((transfer) => (
              <TransferEntry key={transfer.id} transfer={transfer} />
            ))}
            {tasks.slice(0, SHOWN).map((task) => (
              <TaskEntry key={task.id} task={task} />
            ))}
          </ul>
          <footer className={classes.foot}>
            <Link to="/activity" search={{ tab: 'tasks' }} onClick={() => setOpen(false)}>
              {t('all')}
            </Link>
          </footer>
        </section>
      </Popover.Dropdown>
    </Popover>
  );
}
