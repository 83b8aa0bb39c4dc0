/** `2026-01-31T12:00:00Z`: what Nova shows of most times. */
export function isoSeconds(time: string): string {
  return `${time.slice(0, 19)}Z`;
}

/** `2026-01-31T12:00:00.123000`: what Nova shows of times it hands through from its database. */
export function isoMicroseconds(time: string): string {
  return `${time.slice(0, 23)}000`;
}
