/** Of hosts that no aggregate puts into another: Nova's name, which clients know. */
export const DEFAULT_ZONE = 'nova';
/** Nova keeps its own services apart from the hosts under this name. */
export const INTERNAL_ZONE = 'internal';
