import { UserError } from '../contract/errors.ts';

/** Keystone's texts. What is wrong with a sign-in is never told: every failure reads the same. */
export function notAuthenticated(): UserError {
  return new UserError('unauthorized', 'The request you have made requires authentication.');
}

export function notAuthorized(action?: string): UserError {
  const what = 'You are not authorized to perform the requested action';
  return new UserError('forbidden', action === undefined ? `${what}.` : `${what}: ${action}.`);
}

export function notFound(thing: string, id: string): UserError {
  return new UserError('not_found', `Could not find ${thing}: ${id}.`);
}

export function expecting(attribute: string, target: string): UserError {
  return new UserError(
    'bad_request',
    `Expecting to find ${attribute} in ${target}. The server could not comply with the request since it is either malformed or otherwise incorrect. The client is assumed to be in error.`,
    { field: attribute },
  );
}

/** Told only to who knows the password, so that it can be changed. */
export function passwordExpired(userId: string): UserError {
  return new UserError('unauthorized', `The password is expired and needs to be changed for user: ${userId}.`);
}

export function alreadyStored(thing: string, details: string): UserError {
  return new UserError('conflict', `Conflict occurred attempting to store ${thing} - ${details}.`, {
    field: `${thing}.name`,
  });
}
