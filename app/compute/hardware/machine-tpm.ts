import { UserError } from '../../contract/errors.ts';
import type { ServerRecord } from '../server.tables.ts';

/** Whether the machine has a TPM: what is in it is on its host and nowhere else. */
export function hasTpm({ flavor, imageProperties }: Pick<ServerRecord, 'flavor' | 'imageProperties'>): boolean {
  return (flavor.extra_specs['hw:tpm_version'] ?? imageProperties.hw_tpm_version) !== undefined;
}

/** As in Nova, whatever would lose it is refused. */
export function tpmStays(id: string, operation: string): UserError {
  const message = `Operation '${operation}' not supported for vTPM-enabled instance (${id}).`;
  return new UserError('conflict', message, { hint: 'What is in its TPM would be lost.' });
}
