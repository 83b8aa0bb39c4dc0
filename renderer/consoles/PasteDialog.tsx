import { Button, Modal, Select, Textarea } from '@mantine/core';
import { useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { ProgressBar } from '../design/Figures.tsx';
import { useConsoleSettings } from '../kernel/console.store.ts';
import classes from './consoles.module.css';
import { LAYOUTS, pressStroke, strokesOf } from './keysyms.ts';
import type { ScreenControls } from './ScreenView.tsx';

/** Milliseconds between keys: a keyboard's buffer is small, and a guest without hardware help is slow to empty it. */
const STROKE_MS = 25;

export interface PasteDialogProps {
  opened: boolean;
  controls: ScreenControls | null;
  onClose: () => void;
}

/** Types a text into the machine key by key, for screens without a clipboard of their own. */
export function PasteDialog({ opened, controls, onClose }: PasteDialogProps) {
  const { t, i18n } = useTranslation('consoles');
  const [text, setText] = useState('');
  const [typed, setTyped] = useState<number | null>(null);
  const abort = useRef<AbortController | null>(null);
  const { layout } = useConsoleSettings();
  const { strokes, missing } = strokesOf(text, layout);
  const isTyping = typed !== null;

  const type = async (): Promise<void> => {
    if (!controls) return;
    const stop = new AbortController();
    abort.current = stop;
    for (let index = 0; index < strokes.length && !stop.signal.aborted; index++) {
      const stroke = strokes[index];
      if (stroke) pressStroke(stroke, controls.send);
      setTyped(index + 1);
      await new Promise((resolve) => setTimeout(resolve, STROKE_MS));
    }
    setTyped(null);
    if (!stop.signal.aborted) {
      setText('');
      onClose();
    }
  };
  const close = (): void => {
    abort.current?.abort();
    onClose();
  };

  return (
    <Modal
      opened={opened}
      onClose={close}
      title={t('paste.title')}
      size={480}
      closeButtonProps={{ 'aria-label': t('paste.close') }}
    >
      <Select
        label={t('paste.layout')}
        description={t('paste.hint')}
        className={classes.pasteLayout}
        data={layoutChoices(i18n.language)}
        value={layout}
        disabled={isTyping}
        searchable
        allowDeselect={false}
        onChange={(next) => next !== null && useConsoleSettings.setState({ layout: next })}
      />
      <Textarea
        label={t('paste.text')}
        value={text}
        onChange={(event) => setText(event.currentTarget.value)}
        disabled={isTyping}
        autosize
        minRows={5}
        maxRows={14}
        data-autofocus
        classNames={{ input: classes.pasteText }}
        error={missing.length > 0 ? t('paste.missing', { characters: missing.slice(0, 12).join(' ') }) : undefined}
      />
      <div className={classes.pasteProgress}>
        {isTyping && (
          <>
            <ProgressBar fraction={strokes.length === 0 ? null : typed / strokes.length} label={t('paste.title')} />
            <span className="muted numeric">{t('paste.progress', { done: typed, total: strokes.length })}</span>
          </>
        )}
      </div>
      <div className={classes.pasteButtons}>
        <Button variant="default" onClick={() => (isTyping ? abort.current?.abort() : close())}>
          {t(isTyping ? 'paste.stop' : 'paste.cancel')}
        </Button>
        <Button disabled={strokes.length === 0 || !controls} loading={isTyping} onClick={() => void type()}>
          {t('paste.type')}
        </Button>
      </div>
    </Modal>
  );
}

/** By their names in the language of the dashboard. */
function layoutChoices(language: string): { value: string; label: string }[] {
  const names = new Intl.DisplayNames([language], { type: 'language' });
  return Object.keys(LAYOUTS)
    .map((value) => ({ value, label: names.of(value) ?? value }))
    .toSorted((one, other) => one.label.localeCompare(other.label, language));
}
