import { ActionIcon, Button, TextInput, Tooltip } from '@mantine/core';
import { IconPlus, IconTrash } from '@tabler/icons-react';
import { useId } from 'react';
import { useTranslation } from 'react-i18next';
import classes from './key-value-editor.module.css';

export interface KeyValue {
  key: string;
  value: string;
}

export interface KeyValueEditorProps {
  label: string;
  description?: string;
  value: readonly KeyValue[];
  onChange: (value: KeyValue[]) => void;
  /** What is wrong, if anything. */
  error?: string | undefined;
  keyPlaceholder?: string;
  /** Names that are offered, each with what it does. */
  known?: readonly { key: string; text: string }[];
  isReadOnly?: boolean;
}

/** Names and values that people make up: image properties, extra specs of flavors. */
export function KeyValueEditor(props: KeyValueEditorProps) {
  const { t } = useTranslation('design');
  const { value, onChange, known = [] } = props;
  const listId = useId();
  const set = (index: number, change: Partial<KeyValue>): void =>
    onChange(value.map((pair, at) => (at === index ? { ...pair, ...change } : pair)));
  return (
    <fieldset className={classes.root}>
      <legend className={classes.label}>{props.label}</legend>
      {props.description && <div className={classes.description}>{props.description}</div>}
      {known.length > 0 && (
        <datalist id={listId}>
          {known.map(({ key, text }) => (
            <option key={key} value={key}>
              {text}
            </option>
          ))}
        </datalist>
      )}
      {value.map((pair, index) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: rows have no identity of their own; the name changes as one types
        <div key={index} className={classes.row}>
          <TextInput
            aria-label={t('pairs.name')}
            placeholder={props.keyPlaceholder ?? t('pairs.name')}
            value={pair.key}
            {...(known.length > 0 && { list: listId })}
            readOnly={props.isReadOnly ?? false}
            classNames={{ input: 'mono' }}
            autoComplete="off"
            spellCheck={false}
            onChange={(event) => set(index, { key: event.currentTarget.value })}
          />
          <TextInput
            aria-label={t('pairs.value')}
            placeholder={t('pairs.value')}
            value={pair.value}
            readOnly={props.isReadOnly ?? false}
            classNames={{ input: 'mono' }}
            autoComplete="off"
            spellCheck={false}
            onChange={(event) => set(index, { value: event.currentTarget.value })}
          />
          {!props.isReadOnly && (
            <Tooltip label={t('pairs.remove')}>
              <ActionIcon
                aria-label={t('pairs.removeNamed', { name: pair.key })}
                onClick={() => onChange(value.filter((_, at) => at !== index))}
              >
                <IconTrash size={16} />
              </ActionIcon>
            </Tooltip>
          )}
        </div>
      ))}
      {!props.isReadOnly && (
        <Button
          variant="subtle"
          className={classes.add}
          leftSection={<IconPlus size={14} aria-hidden="true" />}
          onClick={() => onChange([...value, { key: '', value: '' }])}
        >
          {t('pairs.add')}
        </Button>
      )}
      {props.error && (
        <div className={classes.error} role="alert">
          {props.error}
        </div>
      )}
    </fieldset>
  );
}

/** The name that stands twice, if any: the later one would silently win. */
export function doubledKey(pairs: readonly KeyValue[]): string | undefined {
  const seen = new Set<string>();
  for (const { key } of pairs) {
    const name = key.trim();
    if (name !== '' && seen.has(name)) return name;
    seen.add(name);
  }
  return undefined;
}
