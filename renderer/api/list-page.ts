/** In the API's words. */
export interface ServerOrder {
  key: string;
  dir: 'asc' | 'desc';
}

/** A page of a list as it is asked for. */
export interface ListAsked {
  limit: number;
  /** The id of the last thing of the page before. */
  marker: string | undefined;
  /** How many the pages before had, for APIs that count. */
  offset: number;
  /** Where the API sorts by what is wanted; else in the order it has. */
  order: ServerOrder | undefined;
  signal: AbortSignal;
}

/** The page's part of a query, as Nova and Neutron name it. */
export function pageQuery({ limit, marker, order }: Pick<ListAsked, 'limit' | 'marker' | 'order'>) {
  return { limit, marker, sort_key: order?.key, sort_dir: order?.dir };
}
