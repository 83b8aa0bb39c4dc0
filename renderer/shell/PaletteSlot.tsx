import { lazy, Suspense } from 'react';
import { useTranslation } from 'react-i18next';
import { useShortcut } from '../design/shortcuts.ts';
import { openPalette, usePaletteStore } from '../kernel/palette.store.ts';

const Palette = lazy(async () => ({ default: (await import('./Palette.tsx')).Palette }));

export function PaletteSlot() {
  const { t } = useTranslation('shell');
  const isWanted = usePaletteStore((state) => state.isWanted);
  useShortcut({ keys: 'mod+K', label: t('palette.open'), group: t('shortcuts.everywhere') }, openPalette);
  return <Suspense fallback={null}>{isWanted && <Palette />}</Suspense>;
}
