import { Tooltip } from '@mantine/core';
import { type KeyboardEvent, type ReactNode, useId, useRef } from 'react';
import classes from './launch.module.css';

export interface Choice {
  id: string;
  icon?: ReactNode;
  title: string;
  text: ReactNode;
  /** What it costs to take this one. */
  note?: ReactNode;
  /** Why it cannot be chosen. */
  reason?: string | null;
}

export interface ChoiceCardsProps {
  label: string;
  choices: readonly Choice[];
  value: string;
  onChange: (id: string) => void;
  error?: ReactNode;
}

/** One of several, each with what speaks for it: a group of radio buttons that shows them as cards. */
export function ChoiceCards({ label, choices, value, onChange, error }: ChoiceCardsProps) {
  const group = useRef<HTMLDivElement>(null);
  const errorId = useId();
  const possible = choices.filter((choice) => !choice.reason);
  const current = possible.some((choice) => choice.id === value) ? value : possible[0]?.id;

  const onKeyDown = (event: KeyboardEvent): void => {
    const step = { ArrowRight: 1, ArrowDown: 1, ArrowLeft: -1, ArrowUp: -1 }[event.key];
    if (step === undefined) return;
    event.preventDefault();
    const index = possible.findIndex((choice) => choice.id === current);
    const next = possible[(index + step + possible.length) % possible.length];
    if (!next) return;
    onChange(next.id);
    group.current?.querySelector<HTMLElement>(`[data-choice="${CSS.escape(next.id)}"]`)?.focus();
  };

  return (
    <>
      <div
        ref={group}
        role="radiogroup"
        aria-label={label}
        aria-describedby={error ? errorId : undefined}
        className={classes.cards}
        onKeyDown={onKeyDown}
      >
        {choices.map((choice) => (
          <Tooltip key={choice.id} label={choice.reason} disabled={!choice.reason}>
            {/* biome-ignore lint/a11y/useSemanticElements: a radio input cannot hold what a card shows */}
            <button
              type="button"
              role="radio"
              data-choice={choice.id}
              aria-checked={choice.id === value}
              aria-disabled={choice.reason ? true : undefined}
              aria-description={choice.reason ?? undefined}
              tabIndex={choice.id === current ? 0 : -1}
              className={classes.choice}
              onClick={() => {
                if (!choice.reason) onChange(choice.id);
              }}
            >
              {choice.icon}
              <span className={classes.choiceBody}>
                <span className={classes.choiceTitle}>{choice.title}</span>
                <span className={classes.choiceText}>{choice.reason ?? choice.text}</span>
                {choice.note && <span className={classes.choiceNote}>{choice.note}</span>}
              </span>
            </button>
          </Tooltip>
        ))}
      </div>
      {error && (
        <div id={errorId} className={classes.fieldError} role="alert">
          {error}
        </div>
      )}
    </>
  );
}
