import { useSearch } from '@tanstack/react-router';
import { PaneWindow } from '../PaneWindow.tsx';

export function SerialWindowPage() {
  return <PaneWindow type="serial" label="terminal" search={useSearch({ from: '/console/serial' })} />;
}
