import { Kbd, Modal } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import { create } from 'zustand';
import { keySigns, useShortcut, useShortcutHelp, useShortcutStore } from '../design/shortcuts.ts';
import classes from './frame.module.css';

const useOverlayStore = create<{ isOpen: boolean }>(() => ({ isOpen: false }));

export function showShortcuts(): void {
  useOverlayStore.setState({ isOpen: true });
}

/** Every key that does something on this page. */
export function ShortcutOverlay() {
  const { t } = useTranslation(['shell', 'design']);
  const isOpen = useOverlayStore((state) => state.isOpen);
  const shortcuts = useShortcutStore((state) => state.shortcuts);
  useShortcut({ keys: 'shift+?', label: t('shortcuts.show'), group: t('shortcuts.everywhere') }, showShortcuts);
  const lists = t('design:shortcut.lists');
  useShortcutHelp('↑ ↓', t('design:shortcut.move'), lists);
  useShortcutHelp('Space', t('design:shortcut.select'), lists);
  useShortcutHelp('shift+↑ ↓', t('design:shortcut.extend'), lists);
  useShortcutHelp('mod+A', t('design:shortcut.selectAll'), lists);
  useShortcutHelp('Enter', t('design:shortcut.open'), lists);
  useShortcutHelp('shift+F10', t('design:shortcut.menu'), lists);
  const groups = Map.groupBy(shortcuts, (shortcut) => shortcut.group);
  return (
    <Modal
      opened={isOpen}
      onClose={() => useOverlayStore.setState({ isOpen: false })}
      title={t('shortcuts.title')}
      size={440}
      closeButtonProps={{ 'aria-label': t('design:close') }}
    >
      {[...groups].map(([group, entries]) => (
        <section key={group} className={classes.shortcutGroup}>
          <h3>{group}</h3>
          {[...new Map(entries.map((entry) => [entry.keys, entry])).values()].map((entry) => (
            <div key={entry.keys} className={classes.shortcut}>
              <span>{entry.label}</span>
              <span className={classes.keys}>
                {keySigns(entry.keys).map((sign) => (
                  <Kbd key={sign} size="xs">
                    {sign}
                  </Kbd>
                ))}
              </span>
            </div>
          ))}
        </section>
      ))}
    </Modal>
  );
}
