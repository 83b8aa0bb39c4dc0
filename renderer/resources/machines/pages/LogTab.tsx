import { ActionIcon, Button, Switch, TextInput, Tooltip } from '@mantine/core';
import { IconChevronDown, IconChevronUp, IconDownload, IconRefresh, IconSearch } from '@tabler/icons-react';
import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { type ReactNode, useDeferredValue, useEffect, useMemo, useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { ServerView } from '../../../../app/contract/openstack.ts';
import { getConsoleOutput } from '../../../api/compute.api.ts';
import { keys } from '../../../api/query-keys.ts';
import { downloadText } from '../../../design/download.ts';
import { EmptyState } from '../../../design/EmptyState.tsx';
import { ErrorAlert } from '../../../design/ErrorAlert.tsx';
import { notifyError } from '../../../design/notify.tsx';
import { findMatches, plainLog } from '../console-log.ts';
import { hasConsole } from '../machine-state.ts';
import classes from '../machines.module.css';

/** Lines read at a time; the download has all that is told, a MiB. */
const LINES = 2000;
/** The log makes no events: while one follows it, it is read again this often, milliseconds. */
const FOLLOW_MS = 2000;
/** More marks than this only slow the page down. */
const MARKED = 1000;
/** Within this many pixels of the end it goes on following. */
const NEAR_END = 24;

/** The serial console's log as text: follows, searches, downloads. */
export function LogTab({ server }: { server: ServerView }) {
  const { t } = useTranslation('machines');
  const [isFollowing, setFollowing] = useState(true);
  const [query, setQuery] = useState('');
  const [current, setCurrent] = useState(0);
  const box = useRef<HTMLPreElement>(null);
  const log = useQuery({
    queryKey: keys.servers.log(server.id),
    queryFn: ({ signal }) => getConsoleOutput(server.id, LINES, signal),
    refetchInterval: isFollowing && hasConsole(server) ? FOLLOW_MS : false,
    refetchIntervalInBackground: false,
    staleTime: 0,
    placeholderData: keepPreviousData,
  });
  const text = useMemo(() => plainLog(log.data ?? ''), [log.data]);
  const wanted = useDeferredValue(query);
  const matches = useMemo(() => findMatches(text, wanted, MARKED), [text, wanted]);

  useEffect(() => {
    if (isFollowing && text !== '') box.current?.scrollTo({ top: box.current.scrollHeight });
  }, [text, isFollowing]);
  useEffect(() => {
    if (matches.length === 0) return;
    box.current?.querySelectorAll('mark')[current]?.scrollIntoView({ block: 'center' });
  }, [current, matches]);

  const step = (by: number): void => {
    setFollowing(false);
    if (matches.length > 0) setCurrent((current + by + matches.length) % matches.length);
  };
  const download = async (): Promise<void> => {
    try {
      downloadText(`${server.name}.log`, plainLog(await getConsoleOutput(server.id)));
    } catch (error) {
      notifyError(error, t('log.downloadFailed'));
    }
  };

  return (
    <div className={classes.log}>
      <div className={classes.logBar} role="toolbar" aria-label={t('tab.log')}>
        <TextInput
          className={classes.logSearch}
          type="search"
          placeholder={t('log.search')}
          aria-label={t('log.search')}
          leftSection={<IconSearch size={14} aria-hidden="true" />}
          value={query}
          onChange={(event) => {
            setQuery(event.currentTarget.value);
            setCurrent(0);
          }}
          onKeyDown={(event) => {
            if (event.key === 'Enter') step(event.shiftKey ? -1 : 1);
            if (event.key === 'Escape') setQuery('');
          }}
        />
        <Tooltip label={t('log.previous')}>
          <ActionIcon
            className={classes.quiet}
            aria-label={t('log.previous')}
            disabled={matches.length === 0}
            onClick={() => step(-1)}
          >
            <IconChevronUp size={16} />
          </ActionIcon>
        </Tooltip>
        <Tooltip label={t('log.next')}>
          <ActionIcon
            className={classes.quiet}
            aria-label={t('log.next')}
            disabled={matches.length === 0}
            onClick={() => step(1)}
          >
            <IconChevronDown size={16} />
          </ActionIcon>
        </Tooltip>
        <span className={`${classes.logCount} numeric`} role="status">
          {wanted !== '' &&
            (matches.length === 0 ? t('log.none') : t('log.at', { at: current + 1, count: matches.length }))}
        </span>
        <div className={classes.logBarEnd}>
          <Switch
            label={t('log.follow')}
            checked={isFollowing}
            onChange={(event) => setFollowing(event.currentTarget.checked)}
          />
          <Tooltip label={t('log.refresh')}>
            <ActionIcon aria-label={t('log.refresh')} onClick={() => void log.refetch()}>
              <IconRefresh size={16} />
            </ActionIcon>
          </Tooltip>
          <Button
            variant="default"
            leftSection={<IconDownload size={16} aria-hidden="true" />}
            onClick={() => void download()}
          >
            {t('log.download')}
          </Button>
        </div>
      </div>
      {log.isError && log.data === undefined ? (
        <div className={classes.notice}>
          <ErrorAlert error={log.error} onRetry={() => void log.refetch()} />
        </div>
      ) : text === '' && log.isSuccess ? (
        <EmptyState title={t('log.empty')} text={t('log.emptyText')} />
      ) : (
        <pre
          ref={box}
          className={classes.logText}
          // biome-ignore lint/a11y/noNoninteractiveTabindex: a text that scrolls has to be reachable by keyboard
          tabIndex={0}
          role="log"
          aria-live="off"
          aria-label={t('tab.log')}
          onScroll={(event) => {
            const { scrollTop, clientHeight, scrollHeight } = event.currentTarget;
            const isAtEnd = scrollHeight - scrollTop - clientHeight < NEAR_END;
            if (isFollowing && !isAtEnd) setFollowing(false);
          }}
        >
          {mark(text, matches, wanted.length, current)}
        </pre>
      )}
    </div>
  );
}

function mark(text: string, matches: readonly number[], length: number, current: number): ReactNode {
  if (matches.length === 0) return text;
  const parts: ReactNode[] = [];
  let from = 0;
  matches.forEach((at, index) => {
    parts.push(text.slice(from, at));
    parts.push(
      <mark key={at} data-current={index === current || undefined}>
        {text.slice(at, at + length)}
      </mark>,
    );
    from = at + length;
  });
  parts.push(text.slice(from));
  return parts;
}
