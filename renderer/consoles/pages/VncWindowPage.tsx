import { useSearch } from '@tanstack/react-router';
import { PaneWindow } from '../PaneWindow.tsx';

export function VncWindowPage() {
  return <PaneWindow type="vnc" label="screen" search={useSearch({ from: '/console/vnc' })} />;
}
