import type { Entry } from 'ldapts';
import { parseDn } from './ldap-dn.ts';

/** Active Directory's id of an entry: 16 bytes, of which the first three groups stand backwards. */
const GUID_ATTRIBUTE = 'objectGUID';

/** An entry with its values as text. Names of attributes are the same in any case. */
export class LdapEntry {
  static readonly binary = [GUID_ATTRIBUTE];
  readonly dn: string;
  readonly #values = new Map<string, string[]>();

  constructor({ dn, ...attributes }: Entry) {
    this.dn = dn;
    for (const [name, value] of Object.entries(attributes)) {
      this.#values.set(
        name.toLowerCase(),
        [value]
          .flat()
          .map(toText)
          .filter((text) => text !== undefined),
      );
    }
  }

  all(attribute: string): string[] {
    return this.#values.get(attribute.toLowerCase()) ?? [];
  }

  /** The first that says something. */
  first(attribute: string): string | undefined {
    return this.all(attribute).find((value) => value.trim() !== '');
  }

  /** Of several values the one that the entry is named by. */
  id(attribute: string): string | undefined {
    if (this.all(attribute).length < 2) return this.first(attribute);
    const named = parseDn(this.dn)[0]?.find(({ name }) => name.toLowerCase() === attribute.toLowerCase());
    return named?.value ?? this.first(attribute);
  }

  /** Active Directory gives long lists in parts, `member;range=0-1499`: the values of this one, and where the next begins. */
  range(attribute: string): { values: string[]; next: number | null } | undefined {
    for (const [name, values] of this.#values) {
      const [, of, end] = /^([^;]+);range=\d+-(\d+|\*)$/.exec(name) ?? [];
      if (of === attribute.toLowerCase()) return { values, next: end === '*' ? null : Number(end) + 1 };
    }
    return undefined;
  }
}

/** How a value is asked for: a GUID as its bytes. */
export function toFilterValue(attribute: string, value: string): string | Buffer {
  const isGuid = attribute.toLowerCase() === GUID_ATTRIBUTE.toLowerCase();
  return isGuid && /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i.test(value) ? swapGuid(hexOf(value)) : value;
}

function hexOf(guid: string): Buffer {
  return Buffer.from(guid.replaceAll('-', ''), 'hex');
}

function toText(value: string | Buffer): string | undefined {
  if (typeof value === 'string') return value;
  if (value.length !== 16) return undefined;
  return swapGuid(value)
    .toString('hex')
    .replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5');
}

function swapGuid(bytes: Buffer): Buffer {
  const swapped = Buffer.from(bytes);
  swapped.subarray(0, 4).reverse();
  swapped.subarray(4, 6).reverse();
  swapped.subarray(6, 8).reverse();
  return swapped;
}
