/** Those that have every word of the query, the ones that begin with it first; the order stays otherwise. */
export function rankCommands<C extends { label: string }>(commands: readonly C[], query: string): C[] {
  const text = query.trim().toLowerCase();
  if (text === '') return [...commands];
  const words = text.split(/\s+/);
  const ranks: C[][] = [[], [], []];
  for (const command of commands) {
    const label = command.label.toLowerCase();
    if (!words.every((word) => label.includes(word))) continue;
    const rank = label.startsWith(text) ? 0 : label.split(/[\s\-_.:]+/).some((part) => part.startsWith(text)) ? 1 : 2;
    ranks[rank]?.push(command);
  }
  return ranks.flat();
}
