import { UserError } from '../../contract/errors.ts';
import type { AskedHardware } from './hardware-wish.ts';

/** Only a flavor says them, under a name of its own. */
const OF_FLAVORS: ReadonlySet<string> = new Set(['hw_rng_rate_bytes', 'hw_rng_rate_period']);

/** What a machine is to be, as it is put together of what is asked. */
export class HardwareDesign {
  readonly #hardware: Record<string, string>;
  readonly #askedBy = new Map<string, string>();

  constructor(properties: Record<string, string>) {
    // Also what only the host knows, or nobody.
    const own = Object.entries(properties).filter(([name]) => /^(hw|os)_/.test(name) && !OF_FLAVORS.has(name));
    this.#hardware = Object.fromEntries(own);
  }

  /** The host is told so; `capability` is what one has that knows what to do then, null where there is nothing to be done. */
  tell(told: Record<string, string>, capability: string | null, askedBy: string): void {
    Object.assign(this.#hardware, told);
    if (capability !== null) this.need(capability, askedBy);
  }

  need(capability: string, askedBy: string): void {
    if (!this.#askedBy.has(capability)) this.#askedBy.set(capability, askedBy);
  }

  done(): AskedHardware {
    return {
      hardware: this.#hardware,
      requirements: [...this.#askedBy.keys()],
      askedBy: Object.fromEntries(this.#askedBy),
    };
  }
}

/** Of a flavor's extra spec, or an image's property. */
export function refusal(name: string, value: string, why: string): UserError {
  const shown = `${name.slice(0, 255)}=${value.slice(0, 255)}`;
  const isSpec = name.includes(':');
  const whose = isSpec ? "The flavor's extra spec" : "The image's property";
  return new UserError('bad_request', `${whose} ${shown} cannot be followed: ${why}`, {
    field: isSpec ? `extra_specs.${name}` : `properties.${name}`,
    hint: isSpec ? 'Choose another flavor, or remove it from this one.' : 'Change the property, or remove it.',
  });
}

export function requireOneOf(known: readonly string[], name: string, value: string): void {
  if (!known.includes(value)) throw refusal(name, value, `it is none of ${known.join(', ')}.`);
}

/** As OpenStack reads them. */
export function isTrue(name: string, value: string): boolean {
  if (/^(1|t|true|on|y|yes)$/i.test(value.trim())) return true;
  if (/^(0|f|false|off|n|no)$/i.test(value.trim())) return false;
  throw refusal(name, value, 'it is neither true nor false.');
}

export function numberOf(name: string, value: string, { least, most }: { least: number; most: number }): number {
  const number = /^\d{1,15}$/.test(value.trim()) ? Number(value) : Number.NaN;
  if (number >= least && number <= most) return number;
  throw refusal(name, value, `it is no whole number from ${least} to ${most}.`);
}
