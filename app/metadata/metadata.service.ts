import { controllerMethods, type GuestAnswer, type GuestQuestion } from '../contract/controller.methods.ts';
import type { Bus } from '../messaging/bus.ts';
import type { GuestFacts, VendorSource } from './guest-facts.ts';
import { lookUp } from './metadata-tree.ts';

/** As long as Nova takes it. */
const LONGEST_PASSWORD = 1020;

/** Machines, as the service asks for them. That host says which of its machines asks: of others it hears nothing. */
export interface Guests {
  /** As it is now, with the password it has left; undefined where the host has no such machine. */
  guestOf(host: string, id: string): Promise<{ facts: GuestFacts; password: string } | undefined>;
  /** Keeps what a guest leaves for its owner; false where it has left something before. */
  leavePassword(host: string, id: string, password: string): Promise<boolean>;
}

/** What guests are told at 169.254.169.254: their hosts ask here, and pass on what comes back. */
export class MetadataService {
  readonly #bus: Bus;
  readonly #guests: Guests;
  readonly #vendor: VendorSource;

  constructor(parts: { bus: Bus; guests: Guests; vendor: VendorSource }) {
    this.#bus = parts.bus;
    this.#guests = parts.guests;
    this.#vendor = parts.vendor;
  }

  listen(): void {
    this.#bus.handle(controllerMethods.guestMetadata, (question) => this.answer(question));
  }

  async answer({ host, id, method, path, body }: GuestQuestion): Promise<GuestAnswer> {
    const guest = await this.#guests.guestOf(host, id);
    if (!guest) return text(404, NOT_FOUND);
    const found = await lookUp(guest.facts, this.#vendor, path);
    if (found === undefined) return text(404, NOT_FOUND);
    if (found !== 'password') return { status: 200, type: found.type, body: found.body.toString('base64') };
    if (method === 'GET' || method === 'HEAD') return text(200, guest.password);
    if (method !== 'POST') return text(400, 'GET and POST only are supported.');
    const password = Buffer.from(body, 'base64');
    if (password.length > LONGEST_PASSWORD) return text(400, 'Request is too large.');
    const said = password.toString('utf8');
    // Bytes that are no text, or a character no database keeps.
    if (said.includes('\0') || !Buffer.from(said).equals(password)) return text(400, 'The password is not text.');
    return (await this.#guests.leavePassword(host, id, said))
      ? text(200, '')
      : text(409, 'There is a password already.');
  }
}

const NOT_FOUND = 'The resource could not be found.';

function text(status: number, body: string): GuestAnswer {
  return { status, type: 'text/plain', body: Buffer.from(body).toString('base64') };
}
