import { Combobox, useCombobox } from '@mantine/core';
import { IconBuildingCommunity, IconCheck, IconFolder, IconSelector, IconWorld } from '@tabler/icons-react';
import { useEffect, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useSession } from '../api/session.ts';
import { notifyError } from '../design/notify.tsx';
import { type ScopeChoice, scopeKey } from '../session/scope-choices.ts';
import { switchScope } from '../session/switch-scope.ts';
import { useOwnScopes } from '../session/use-own-scopes.ts';
import { useScopeName } from '../session/use-scope-name.ts';
import classes from './frame.module.css';
import { rankCommands } from './rank-commands.ts';

const ICONS = { project: IconFolder, domain: IconBuildingCommunity, system: IconWorld };
const GROUPS = [
  ['project', 'scope.projects'],
  ['domain', 'scope.domains'],
  ['system', 'scope.cloud'],
] as const;

/** Where one works, and what else there is: found by typing, chosen by arrow keys and Enter. */
export function ScopeSwitcher() {
  const { t } = useTranslation('shell');
  const session = useSession();
  const name = useScopeName();
  const [query, setQuery] = useState('');
  const combobox = useCombobox({
    onDropdownOpen: () => combobox.focusSearchInput(),
    onDropdownClose: () => {
      combobox.resetSelectedOption();
      combobox.focusTarget();
      setQuery('');
    },
  });
  const scopes = useOwnScopes(combobox.dropdownOpened);
  // Once what was typed for is shown: it may come after the typing.
  // biome-ignore lint/correctness/useExhaustiveDependencies: arrow keys must keep their choice otherwise
  useEffect(() => {
    if (query !== '') combobox.selectFirstOption();
  }, [query, scopes.data]);
  if (!session) return null;

  const current = scopeKey(session);
  const choices = (scopes.data ?? []).map((choice) => ({ ...choice, label: labelOf(choice, t('scope.system')) }));
  const found = rankCommands(choices, query);
  const choose = (key: string): void => {
    combobox.closeDropdown();
    const chosen = choices.find((choice) => choice.key === key);
    if (!chosen || key === current) return;
    switchScope(chosen.scope).catch((error: unknown) => notifyError(error, t('scope.failed')));
  };
  const CurrentIcon = ICONS[session.isSystem ? 'system' : session.domain ? 'domain' : 'project'];

  return (
    <Combobox store={combobox} position="bottom-start" width={280} onOptionSubmit={choose} shadow="md">
      <Combobox.Target targetType="button">
        <button
          type="button"
          className={classes.scope}
          aria-label={t('scope.label', { name })}
          onClick={() => combobox.toggleDropdown()}
        >
          <CurrentIcon size={14} aria-hidden="true" />
          <span className="truncate" title={name}>
            {name}
          </span>
          <IconSelector size={14} aria-hidden="true" />
        </button>
      </Combobox.Target>
      <Combobox.Dropdown>
        <Combobox.Search
          value={query}
          onChange={(event) => setQuery(event.currentTarget.value)}
          placeholder={t('scope.find')}
          aria-label={t('scope.find')}
        />
        <Combobox.Options mah={320} style={{ overflowY: 'auto' }}>
          {GROUPS.map(([kind, text]) => {
            const ofKind = found.filter((choice) => choice.kind === kind);
            if (ofKind.length === 0) return null;
            const ChoiceIcon = ICONS[kind];
            return (
              <Combobox.Group key={kind} label={t(text)}>
                {ofKind.map((choice) => (
                  <Combobox.Option key={choice.key} value={choice.key} active={choice.key === current}>
                    <span className={classes.scopeChoice}>
                      <ChoiceIcon size={14} aria-hidden="true" />
                      <span className="truncate" title={choice.name ?? choice.label}>
                        {choice.name ?? choice.label}
                      </span>
                      {choice.domainName && <small className="muted truncate">{choice.domainName}</small>}
                      {choice.key === current && <IconCheck size={14} aria-hidden="true" />}
                    </span>
                  </Combobox.Option>
                ))}
              </Combobox.Group>
            );
          })}
          {scopes.isSuccess && found.length === 0 && <Combobox.Empty>{t('scope.nothing')}</Combobox.Empty>}
        </Combobox.Options>
      </Combobox.Dropdown>
    </Combobox>
  );
}

/** What is searched: a project is found by its domain as well. */
function labelOf({ name, domainName }: ScopeChoice, system: string): string {
  return [name ?? system, domainName].filter(Boolean).join(' ');
}
