/** A list of `things` with its links, whole: none of these lists is paged. */
export function toCollection<T>(name: string, things: T[], selfUrl: string) {
  return { [name]: things, links: { self: selfUrl, previous: null, next: null } };
}

/** Where a thing is found again; `origin` is the caller's. */
export function linkTo(origin: string, path: string) {
  return { self: `${origin}/identity/v3/${path}` };
}
