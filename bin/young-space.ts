import { setFlagsFromString } from 'node:v8';

/** MiB. Room for new objects is never given back; lists of thousands need no more than this. */
export const YOUNG_SPACE_FLAG = '--max-semi-space-size=4';

/**
 * V8 lets the room for new objects grow to many times its size while a program loads, of which little is garbage. It stays
 * small until {@link letYoungSpaceGrow}. Set from inside, since the desktop's processes take no flags of V8.
 */
export function keepYoungSpaceSmall(): void {
  setFlagsFromString('--semi-space-growth-factor=1');
}

/** From now on most of what is made is garbage soon, as V8 expects. */
export function letYoungSpaceGrow(): void {
  setFlagsFromString('--semi-space-growth-factor=2');
}
