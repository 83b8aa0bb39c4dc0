/** What a client may have been promised, by the resource's name in the API. */
export type Kind = 'server' | 'image' | 'keypair' | 'user';

interface Entry {
  kind: Kind;
  id: string;
  /** `unsure`: the answer to the last request about its existence never came. */
  presence: 'there' | 'gone' | 'unsure';
  /** Fields of the API's body with the value that was acknowledged last. */
  facts: Map<string, unknown>;
}

/** A power order that was acknowledged last, and where it leads if it says that it succeeded. */
export interface PowerPromise {
  requestId: string;
  status: string;
}

export type Ask = (method: string, path: string) => Promise<{ status: number; body: any }>;

const READS: Record<Kind, { path: (id: string) => string; record: (body: any) => any }> = {
  server: { path: (id) => `/compute/v2.1/servers/${id}`, record: (body) => body.server },
  image: { path: (id) => `/image/v2/images/${id}`, record: (body) => body },
  keypair: { path: (id) => `/compute/v2.1/os-keypairs/${id}`, record: (body) => body.keypair },
  user: { path: (id) => `/identity/v3/users/${id}`, record: (body) => body.user },
};

/** What clients were told that is done: none of it may be undone by anything that happens to the processes. */
export class Ledger {
  readonly #entries = new Map<string, Entry>();
  readonly #power = new Map<string, PowerPromise>();

  /** It is there, with these fields; fields told before stay promised. */
  there(kind: Kind, id: string, facts: Record<string, unknown> = {}): void {
    const entry = this.#entries.get(id) ?? { kind, id, presence: 'there', facts: new Map() };
    entry.presence = 'there';
    for (const [field, value] of Object.entries(facts)) entry.facts.set(field, value);
    this.#entries.set(id, entry);
  }

  gone(kind: Kind, id: string): void {
    this.#entries.set(id, { kind, id, presence: 'gone', facts: new Map() });
    this.#power.delete(id);
  }

  /** A request about it was sent and no answer came: what it changes may be so or not. No `fields`: whether it is there. */
  unsure(id: string, ...fields: string[]): void {
    const entry = this.#entries.get(id);
    if (!entry) return;
    if (fields.length === 0) entry.presence = 'unsure';
    for (const field of fields) entry.facts.delete(field);
  }

  powered(id: string, promise: PowerPromise): void {
    this.#power.set(id, promise);
  }

  /** Ids of that kind that are there for all that is known. */
  known(kind: Kind): string[] {
    return [...this.#entries.values()]
      .filter((entry) => entry.kind === kind && entry.presence === 'there')
      .map(({ id }) => id);
  }

  /** Asks the API for everything that was promised. Simulated machines end with their agent, whatever was promised. */
  async brokenPromises(ask: Ask, hypervisor: 'qemu' | 'simulated'): Promise<string[]> {
    const broken: string[] = [];
    for (const entry of this.#entries.values()) broken.push(...(await brokenOf(entry, ask)));
    for (const [id, promise] of this.#power) broken.push(...(await brokenPower(id, promise, ask, hypervisor)));
    return broken;
  }
}

async function brokenOf({ kind, id, presence, facts }: Entry, ask: Ask): Promise<string[]> {
  if (presence === 'unsure') return [];
  const { status, body } = await ask('GET', READS[kind].path(id));
  if (presence === 'gone') {
    return status === 404 ? [] : [`The deletion of ${kind} ${id} was acknowledged, and reading it answers ${status}.`];
  }
  if (status !== 200) return [`The ${kind} ${id} was acknowledged, and reading it answers ${status}.`];
  const record = READS[kind].record(body);
  return [...facts]
    .filter(([field, value]) => JSON.stringify(record[field]) !== JSON.stringify(value))
    .map(
      ([field, value]) =>
        `${field} of ${kind} ${id} was acknowledged as ${JSON.stringify(value)} and is ${JSON.stringify(record[field])}.`,
    );
}

/** An order that says it succeeded, and after which nothing else happened, has led where it leads. */
async function brokenPower(
  id: string,
  { requestId, status }: PowerPromise,
  ask: Ask,
  hypervisor: 'qemu' | 'simulated',
): Promise<string[]> {
  const { body } = await ask('GET', `/compute/v2.1/servers/${id}/os-instance-actions`);
  const newest = body.instanceActions?.[0];
  if (newest?.request_id !== requestId || newest.message !== null) return [];
  const { body: read } = await ask('GET', `/compute/v2.1/servers/${id}`);
  const now = read.server?.status;
  if (now === undefined || now === status || (hypervisor === 'simulated' && now === 'ERROR')) return [];
  return [`The last action of server ${id}, ${newest.action} (${requestId}), did not fail, and the server is ${now}.`];
}
