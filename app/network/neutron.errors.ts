import { type ErrorCode, type ErrorDetails, UserError } from '../contract/errors.ts';

/** A refusal under the name by which Neutron's clients know it, such as `NetworkInUse`. */
export function neutronFault(code: ErrorCode, fault: string, message: string, details: ErrorDetails = {}): UserError {
  return new UserError(code, message, { fault, ...details });
}

export function noNetwork(id: string, code: ErrorCode = 'not_found'): UserError {
  return neutronFault(code, 'NetworkNotFound', `Network ${id} could not be found.`);
}

export function badRequest(field: string, message: string): UserError {
  return new UserError('bad_request', message, { field });
}
