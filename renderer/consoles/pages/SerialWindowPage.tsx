import { useSearch } from '@tanstack/react-router';
import { ConsoleWindow } from '../ConsoleWindow.tsx';

export function SerialWindowPage() {
  const { token, server, title } = useSearch({ from: '/console/serial' });
  return <ConsoleWindow type="serial" token={token} server={server} title={title} />;
}
