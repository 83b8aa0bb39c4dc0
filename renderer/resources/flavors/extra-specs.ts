import type { KeyValue } from '../../design/KeyValueEditor.tsx';

export interface ExtraSpecChange {
  /** New keys and new values of old ones. */
  set: Record<string, string>;
  removed: string[];
}

/** What has to be asked for to get from one set of extra specs to another; null when nothing. */
export function changeOfExtraSpecs(
  before: Readonly<Record<string, string>>,
  after: readonly KeyValue[],
): ExtraSpecChange | null {
  const now = new Map(after.filter(({ key }) => key.trim() !== '').map(({ key, value }) => [key.trim(), value.trim()]));
  const set = Object.fromEntries([...now].filter(([key, value]) => before[key] !== value));
  const removed = Object.keys(before).filter((key) => !now.has(key));
  return removed.length === 0 && Object.keys(set).length === 0 ? null : { set, removed };
}

const KEY = /^[a-zA-Z0-9-_:. ]{1,255}$/;

/** The first key that the Compute API would refuse. */
export function refusedKey(pairs: readonly KeyValue[]): string | undefined {
  return pairs.map(({ key }) => key.trim()).find((key) => key !== '' && !KEY.test(key));
}
