/** `2026-01-31T12:00:00Z`: what Nova shows of most times. */
export function isoSeconds(time: string): string {
  return `${time.slice(0, 19)}Z`;
}

/** `2026-01-31T12:00:00.123000`: what Nova shows of times it hands through from its database. */
export function isoMicroseconds(time: string): string {
  return `${time.slice(0, 23)}000`;
}

/** UTC. Undefined where there is no such time: a day that no month has would else be counted into the next. */
export function utcTime(day = '', time = ''): Date | undefined {
  const date = new Date(`${day}T${time}Z`);
  return !Number.isNaN(date.getTime()) && date.toISOString().startsWith(day) ? date : undefined;
}
