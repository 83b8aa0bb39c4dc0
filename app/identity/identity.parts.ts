import type { ResourceParts } from '../resource/resource.ts';
import type { AssignmentRepository } from './assignment/assignment.repository.ts';
import type { CredentialCipher } from './credential/credential-cipher.ts';
import type { DirectoryRepository } from './directory/directory.repository.ts';
import type { PasswordHasher } from './token/password-hash.ts';
import type { TokenService } from './token/token.service.ts';

/** What services of identity are made of: each names what it uses. */
export interface IdentityParts extends ResourceParts {
  directory: DirectoryRepository;
  assignments: AssignmentRepository;
  tokens: TokenService;
  cipher: CredentialCipher;
  hasher: PasswordHasher;
  now: () => number;
}
