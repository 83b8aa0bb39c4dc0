import { useSearch } from '@tanstack/react-router';
import { ConsoleWindow } from '../ConsoleWindow.tsx';

export function VncWindowPage() {
  const { token, server, title } = useSearch({ from: '/console/vnc' });
  return <ConsoleWindow type="vnc" token={token} server={server} title={title} />;
}
