import type { UserView } from '../../../api/user.api.ts';
import type { Action } from '../../../design/actions/action.ts';
import { deletePeople } from './delete-person.action.ts';
import { disablePeople } from './disable-person.action.ts';
import { editPerson } from './edit-person.action.tsx';
import { enablePeople } from './enable-person.action.ts';
import { resetPassword } from './reset-password.action.tsx';

/** In the order of menus. */
export const PERSON_ACTIONS: readonly Action<UserView>[] = [
  editPerson,
  resetPassword,
  enablePeople,
  disablePeople,
  deletePeople,
];
