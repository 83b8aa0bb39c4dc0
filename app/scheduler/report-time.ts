/** Now, and never the same time twice: by it others see that there is news, also of two reports in one millisecond. */
export function after(last: string | null | undefined): string {
  const [now, before] = [Date.now(), Date.parse(last ?? '')];
  // A clock that was set back goes on from where it is.
  return new Date(before - now < 1_000 ? Math.max(now, before + 1) : now).toISOString();
}
