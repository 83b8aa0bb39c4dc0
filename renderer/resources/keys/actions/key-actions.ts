import type { Action } from '../../../design/actions/action.ts';
import type { KeyRow } from '../hooks/use-keys.ts';
import { copyPublicKey } from './copy-public-key.action.ts';
import { deleteKeys } from './delete-key.action.ts';

/** In the order of menus. */
export const KEY_ACTIONS: readonly Action<KeyRow>[] = [copyPublicKey, deleteKeys];
