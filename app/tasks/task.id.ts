import { randomBytes } from 'node:crypto';

let last = { time: 0, count: 0 };

/**
 * A UUID of version 7 (RFC 9562): ids of one process sort in the order in which they were made, also within a
 * millisecond, so that tasks of the same time keep their order.
 */
export function newTaskId(): string {
  const now = Date.now();
  // The count is what is random in others: 12 bits; more in one millisecond, or a clock set back, borrow from the next.
  if (now > last.time) last = { time: now, count: 0 };
  else if (last.count < 0xfff) last = { time: last.time, count: last.count + 1 };
  else last = { time: last.time + 1, count: 0 };
  const bytes = randomBytes(16);
  bytes.writeUIntBE(last.time, 0, 6);
  bytes.writeUInt16BE(0x7000 | last.count, 6);
  bytes.writeUInt8(0x80 | (bytes.readUInt8(8) & 0x3f), 8);
  const hex = bytes.toString('hex');
  return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20)].join('-');
}
