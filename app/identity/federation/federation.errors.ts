import { UserError } from '../../contract/errors.ts';

export function noProtocol(idpId: string, id: string): UserError {
  return new UserError('not_found', `Could not find federated protocol ${id} for Identity Provider: ${idpId}.`);
}

export function duplicate(thing: string, details: string): UserError {
  return new UserError('conflict', `Conflict occurred attempting to store ${thing} - ${details}.`);
}
