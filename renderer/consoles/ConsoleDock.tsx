import { useConsoleStore } from './console.store.ts';

/** Open consoles, below every page: they stay connected while the page changes. Nothing while none is open. */
export function ConsoleDock() {
  const tabs = useConsoleStore((state) => state.tabs);
  if (tabs.length === 0) return null;
  return (
    <div>
      {tabs.map((tab) => (
        <span key={`${tab.type}:${tab.serverId}`}>{tab.title}</span>
      ))}
    </div>
  );
}
