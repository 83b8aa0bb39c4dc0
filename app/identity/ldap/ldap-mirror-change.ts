import { createHash } from 'node:crypto';
import type { Transaction } from '../../database/database.ts';
import type { TokenService } from '../token/token.service.ts';
import { idMappings } from './ldap.tables.ts';
import { type Columns, type Kind, LdapRows, type MirroredRow, type Wanted } from './ldap-rows.ts';

/** Who is gone from the LDAP server is kept for so long, so that a mistake in a configuration costs nobody their roles. */
const KEPT_MS = 30 * 24 * 3600_000;
const MAX_NAME = 255;
const BATCH = 1000;

interface Member {
  group_id: string;
  user_id: string;
}

type Missable = Pick<MirroredRow, 'public_id' | 'missing_since'>;

/** The ids here by local ids, and the names that had no place. */
interface Placed {
  ids: Map<string, string>;
  passedOver: string[];
}

/** The name is still that of somebody else, who may have got another one meanwhile. */
export class NameIsMoving extends Error {}

/** Keystone's id of what lives elsewhere (keystone/identity/id_generators/sha256.py): the same in every cloud. */
export function publicId(domainId: string, kind: Kind, localId: string): string {
  return createHash('sha256').update(domainId).update(kind).update(localId).digest('hex');
}

/** The steps of one change of the mirror, in one transaction. */
export class MirrorChange {
  isChanged = false;
  readonly #trx: Transaction;
  readonly #domainId: string;
  readonly #rows: LdapRows;
  readonly #tokens: TokenService;
  readonly #now: () => number;

  constructor(parts: { trx: Transaction; domainId: string; tokens: TokenService; now: () => number }) {
    this.#trx = parts.trx;
    this.#domainId = parts.domainId;
    this.#tokens = parts.tokens;
    this.#rows = new LdapRows(parts.now);
    this.#now = parts.now;
  }

  /** `whole`: there are no others. */
  async put(kind: Kind, all: readonly Wanted[], extent: 'whole' | 'part'): Promise<Placed> {
    if (extent === 'part' && all.length === 0) return { ids: new Map(), passedOver: [] };
    const known = await this.#rows.list(this.#trx, this.#domainId, kind, extent === 'part' ? all : undefined);
    const byLocalId = new Map(known.filter(({ name }) => name !== null).map((row) => [row.local_id, row]));
    const taken = await this.#rows.localNames(this.#trx, this.#domainId, kind, extent === 'part' ? all : undefined);
    const { accepted, passedOver } = accept(all, taken, byLocalId);
    const names = new Set([...accepted.values()].map(({ name }) => name));
    for (const row of byLocalId.values()) {
      if (accepted.has(row.local_id)) continue;
      if (extent === 'whole') await this.miss(kind, row);
      if (!names.has(row.name ?? '')) continue;
      if (extent === 'part' && row.missing_since === null) throw new NameIsMoving();
      // Somebody new has the name: what the old one had is not theirs.
      await this.#delete(kind, row.public_id);
    }
    await this.#write(kind, accepted, byLocalId);
    return { ids: new Map([...accepted.keys()].map((localId) => [localId, this.#id(kind, localId)])), passedOver };
  }

  /** All memberships in the domain's groups, or all of one user in them. Those by an identity provider stay. */
  async setMembers(wanted: readonly Member[], userId?: string): Promise<void> {
    const groups = this.#trx
      .selectFrom('identity_id_mapping')
      .select('public_id')
      .where('domain_id', '=', this.#domainId)
      .where('entity_type', '=', 'group');
    let select = this.#trx
      .selectFrom('identity_group_member')
      .select(['group_id', 'user_id'])
      .where('idp_id', 'is', null)
      .where('group_id', 'in', groups);
    if (userId !== undefined) select = select.where('user_id', '=', userId);
    const left = new Map((await select.execute()).map((member) => [keyOf(member), member]));
    const added = wanted.filter((member) => !left.delete(keyOf(member)));
    for (let start = 0; start < added.length; start += BATCH) {
      const rows = added.slice(start, start + BATCH).map((member) => ({ ...member, idp_id: null, expires_at: null }));
      await this.#trx.insertInto('identity_group_member').values(rows).execute();
    }
    for (const member of left.values()) await this.#removeMembers(member);
    if (added.length > 0 || left.size > 0) this.isChanged = true;
  }

  /** Gone from the LDAP server: without groups, and a user without tokens. Roles wait for their return. */
  async miss(kind: Kind, { public_id: id, missing_since }: Missable): Promise<void> {
    if (missing_since !== null) return;
    this.isChanged = true;
    await this.#rows.setMissing(this.#trx, id, true);
    await this.#removeMembers(kind === 'user' ? { user_id: id } : { group_id: id });
    if (kind === 'group') return;
    await this.#rows.update(this.#trx, kind, id, { enabled: 0 });
    await this.#tokens.end(this.#trx, { userId: id });
  }

  /** The same for the user of that id, where there is one. */
  async missUser(id: string): Promise<void> {
    const found = await this.#trx
      .selectFrom('identity_id_mapping')
      .select(['public_id', 'missing_since'])
      .where('public_id', '=', id)
      .executeTakeFirst();
    if (found) await this.miss('user', found);
  }

  async forgetOld(): Promise<void> {
    const old = await this.#trx
      .selectFrom('identity_id_mapping')
      .select(['public_id', 'entity_type'])
      .where('domain_id', '=', this.#domainId)
      .where('missing_since', '<', new Date(this.#now() - KEPT_MS).toISOString())
      .execute();
    const { entity_type: kind } = idMappings.columns;
    for (const { public_id, entity_type } of old) await this.#delete(kind.read(entity_type), public_id);
  }

  async #write(kind: Kind, accepted: ReadonlyMap<string, Wanted>, known: ReadonlyMap<string, MirroredRow>) {
    const changes = [...accepted.values()].flatMap((wanted) => {
      const row = known.get(wanted.localId);
      return row ? [{ row, change: differenceOf(row, wanted) }] : [];
    });
    // Names may go round in a circle: all that change are free before the first is taken again.
    for (const { row, change } of changes) {
      if (change.name !== undefined) await this.#rows.update(this.#trx, kind, row.public_id, { name: row.public_id });
    }
    for (const { row, change } of changes) {
      const isBack = row.missing_since !== null;
      if (Object.keys(change).length === 0 && !isBack) continue;
      this.isChanged = true;
      await this.#rows.update(this.#trx, kind, row.public_id, change);
      if (isBack) await this.#rows.setMissing(this.#trx, row.public_id, false);
      if (change.enabled === 0) await this.#tokens.end(this.#trx, { userId: row.public_id });
    }
    const added = [...accepted.values()].filter(({ localId }) => !known.has(localId));
    if (added.length === 0) return;
    this.isChanged = true;
    await this.#rows.insert(
      this.#trx,
      this.#domainId,
      kind,
      added.map((wanted) => ({ ...wanted, id: this.#id(kind, wanted.localId) })),
    );
  }

  async #removeMembers(which: Partial<Member>): Promise<void> {
    let rows = this.#trx.deleteFrom('identity_group_member').where('idp_id', 'is', null);
    if (which.group_id !== undefined) rows = rows.where('group_id', '=', which.group_id);
    if (which.user_id !== undefined) rows = rows.where('user_id', '=', which.user_id);
    await rows.execute();
  }

  async #delete(kind: Kind, id: string): Promise<void> {
    this.isChanged = true;
    await this.#rows.delete(this.#trx, kind, id);
  }

  #id(kind: Kind, localId: string): string {
    return publicId(this.#domainId, kind, localId);
  }
}

/** Of several with one name, who had it before has it still. `taken` are the names of the cloud's own. */
function accept(all: readonly Wanted[], taken: Set<string>, known: ReadonlyMap<string, MirroredRow>) {
  const accepted = new Map<string, Wanted>();
  const passedOver: string[] = [];
  const hadName = ({ localId, name }: Wanted): number => {
    const row = known.get(localId);
    return row?.name === name && row.missing_since === null ? 0 : 1;
  };
  const inOrder = all.toSorted((a, b) => hadName(a) - hadName(b) || (a.localId < b.localId ? -1 : 1));
  for (const wanted of inOrder) {
    if (wanted.name.length > MAX_NAME || taken.has(wanted.name) || accepted.has(wanted.localId)) {
      passedOver.push(wanted.name);
      continue;
    }
    accepted.set(wanted.localId, wanted);
    taken.add(wanted.name);
  }
  return { accepted, passedOver };
}

function keyOf({ group_id, user_id }: Member): string {
  return `${group_id} ${user_id}`;
}

/** The columns that are to change, with their new values. */
function differenceOf(row: MirroredRow, { name, columns }: Wanted): Columns {
  const wanted: Columns = { ...columns, name };
  const changed = Object.entries(wanted).filter(([key, value]) => row[key] !== value);
  return Object.fromEntries(changed);
}
