/** Nova writes some times without a zone; they are UTC. */
export function utcTime(time: string): string {
  return /(?:Z|[+-]\d\d:?\d\d)$/.test(time) ? time : `${time}Z`;
}
