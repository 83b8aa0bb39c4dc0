import { flag } from '../../database/table.ts';
import type { IdentityParts } from '../identity.parts.ts';
import { MirrorChange } from './ldap-mirror-change.ts';
import type { LdapGroup, LdapPeople, LdapUser } from './ldap-people.ts';
import type { Wanted } from './ldap-rows.ts';

type Parts = Pick<IdentityParts, 'database' | 'tokens' | 'events' | 'now'>;

/**
 * Users and groups of LDAP servers as rows of this database, so that roles, tokens and lists know no difference. Only
 * rows with an entry in `identity_id_mapping` are touched: others of the same domain are the cloud's own.
 */
export class LdapMirror {
  readonly #parts: Parts;
  readonly #revisions = new Map<string, number>();

  constructor(parts: Parts) {
    this.#parts = parts;
  }

  /** Raised by every change of the domain. */
  revisionOf(domainId: string): number {
    return this.#revisions.get(domainId) ?? 0;
  }

  /**
   * Makes the domain what the server says; who is not there any more is disabled, and forgotten a month later. Answers
   * the names that had no place (taken already, or too long), or undefined where the domain has changed since
   * `revision`: what was read may be older than that.
   */
  async replaceAll(
    domainId: string,
    { users, groups, members }: LdapPeople,
    revision = this.revisionOf(domainId),
  ): Promise<string[] | undefined> {
    return await this.#change(domainId, async (change) => {
      if (this.revisionOf(domainId) !== revision) return undefined;
      const placed = {
        users: await change.put('user', users.map(toWantedUser), 'whole'),
        groups: await change.put('group', groups.map(toWantedGroup), 'whole'),
      };
      const wanted = [...members].flatMap(([group, localIds]) => {
        const group_id = placed.groups.ids.get(group);
        const userIds = localIds.map((localId) => placed.users.ids.get(localId)).filter((id) => id !== undefined);
        return group_id === undefined ? [] : userIds.map((user_id) => ({ group_id, user_id }));
      });
      await change.setMembers(wanted);
      await change.forgetOld();
      return [...placed.users.passedOver, ...placed.groups.passedOver].sort();
    });
  }

  /**
   * One user with their groups. Answers their id, undefined where the name is that of another user; throws
   * `NameIsMoving` where only a look at all of them can tell.
   */
  async putUser(domainId: string, user: LdapUser, groups: readonly LdapGroup[]): Promise<string | undefined> {
    return await this.#change(domainId, async (change) => {
      const user_id = (await change.put('user', [toWantedUser(user)], 'part')).ids.get(user.localId);
      if (user_id === undefined) return undefined;
      const { ids } = await change.put('group', groups.map(toWantedGroup), 'part');
      await change.setMembers(
        [...ids.values()].map((group_id) => ({ group_id, user_id })),
        user_id,
      );
      return user_id;
    });
  }

  /** The server does not know the user any more. */
  async markMissing(domainId: string, userId: string): Promise<void> {
    await this.#change(domainId, (change) => change.missUser(userId));
  }

  async #change<T>(domainId: string, work: (change: MirrorChange) => Promise<T>): Promise<T> {
    return await this.#parts.database.transaction(async (trx) => {
      const change = new MirrorChange({ trx, domainId, tokens: this.#parts.tokens, now: this.#parts.now });
      const answer = await work(change);
      if (change.isChanged) {
        this.#parts.database.afterCommit(trx, () => {
          this.#revisions.set(domainId, this.revisionOf(domainId) + 1);
          this.#parts.tokens.changed();
        });
        await this.#parts.events.record(trx, null, {
          type: 'identity.domain.updated',
          resourceId: domainId,
          projectId: null,
        });
      }
      return answer;
    });
  }
}

function toWantedUser({ localId, name, enabled, defaultProjectId, extra }: LdapUser): Wanted {
  return {
    localId,
    name,
    columns: {
      enabled: flag.write(enabled),
      default_project_id: defaultProjectId,
      extra: JSON.stringify(extra),
      // Whether an account is in use is for the LDAP server to judge.
      options: '{"ignore_user_inactivity":true}',
    },
  };
}

function toWantedGroup({ localId, name, description, extra }: LdapGroup): Wanted {
  return { localId, name, columns: { description, extra: JSON.stringify(extra) } };
}
