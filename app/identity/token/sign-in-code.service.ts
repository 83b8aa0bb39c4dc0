import { UserError } from '../../contract/errors.ts';
import type { SignedIn } from '../../contract/v1.ts';
import type { IdentityParts } from '../identity.parts.ts';
import type { TokenRepository } from './token.repository.ts';
import type { SignInCode } from './token.tables.ts';
import { hashSecret, newToken, type Scope } from './token.ts';

/** A sign-in code works this long, once. */
const LIFETIME_MS = 10 * 60_000;

interface Parts extends Pick<IdentityParts, 'database' | 'tokens' | 'directory' | 'assignments' | 'now'> {
  rows: TokenRepository;
}

/** Codes that sign somebody in to the dashboard, once: made for who was proven elsewhere, traded for a token. */
export class SignInCodeService {
  readonly #parts: Parts;

  constructor(parts: Parts) {
    this.#parts = parts;
  }

  async create(who: SignInCode): Promise<string> {
    const code = newToken();
    const expiresAt = new Date(this.#parts.now() + LIFETIME_MS).toISOString();
    await this.#parts.database.transaction((trx) =>
      this.#parts.rows.insertCode(trx, { ...who, hash: hashSecret(code), expiresAt }),
    );
    return code;
  }

  /** 401 when it was used, is too old or never was. */
  async exchange(code: string): Promise<SignedIn> {
    const now = new Date(this.#parts.now()).toISOString();
    const taken = await this.#parts.database.transaction((trx) =>
      this.#parts.rows.takeCode(trx, hashSecret(code), now),
    );
    const signedIn = taken && (await this.signIn(taken));
    if (!signedIn) {
      throw new UserError('unauthorized', 'This sign-in link has been used or is too old.', {
        hint: 'Get a new one with: cumulet sign-in-link',
      });
    }
    return signedIn;
  }

  /** A token for who was proven already; undefined where they may not sign in. */
  async signIn({ userId, projectId, federation }: SignInCode): Promise<SignedIn | undefined> {
    const scope: Scope = projectId === null ? await this.#scopeOf(userId) : { type: 'project', id: projectId };
    const methods = federation ? [federation.protocolId] : ['password'];
    const issued = await this.#parts.tokens.issue({
      userId,
      scope,
      methods,
      parent: null,
      ...(federation ? { federation } : {}),
    });
    if (!issued) return undefined;
    const { token, resolved } = issued;
    return {
      token,
      expiresAt: resolved.record.expiresAt,
      user: { id: resolved.user.id, name: resolved.user.name },
      project: resolved.project && { id: resolved.project.id, name: resolved.project.name },
      roles: resolved.roles.map(({ name }) => name),
    };
  }

  /** The default project, else the first by name with a role, else none. */
  async #scopeOf(userId: string): Promise<Scope> {
    const ids = await this.#parts.assignments.targetsOf(userId, 'project');
    const usable = (await Promise.all(ids.map((id) => this.#parts.directory.findProject({ id })))).filter(
      (project) => project?.enabled,
    );
    const user = await this.#parts.directory.findUser({ id: userId });
    const [first] = usable.toSorted((a, b) => String(a?.name).localeCompare(String(b?.name)));
    const chosen = usable.find((project) => project?.id === user?.default_project_id) ?? first;
    return chosen ? { type: 'project', id: chosen.id } : { type: 'unscoped' };
  }
}
