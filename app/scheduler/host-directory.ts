import { DEFAULT_ZONE } from '../contract/availability-zone.ts';

interface Entry {
  readonly name: string;
  readonly zone: string;
}

/** What hosts are called and where they are, in memory: views show many of them. */
export class HostDirectory {
  readonly #entries = new Map<string, Entry>();

  learn({ id, name, zone }: { id: string } & Entry): void {
    this.#entries.set(id, { name, zone });
  }

  forget(id: string): void {
    this.#entries.delete(id);
  }

  /** The id of one that is not known. */
  nameOf(id: string): string {
    return this.#entries.get(id)?.name ?? id;
  }

  zoneOf(id: string): string {
    return this.#entries.get(id)?.zone ?? DEFAULT_ZONE;
  }

  ids(): string[] {
    return [...this.#entries.keys()];
  }

  idOf(name: string): string | undefined {
    for (const [id, known] of this.#entries) if (known.name === name) return id;
    return undefined;
  }
}
