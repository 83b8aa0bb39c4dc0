import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { writeWholeFile } from '../app/files/whole-file.ts';
import { errorCode } from './disk-full.ts';

/** A uuid; of a host from before there were ids, the name it had then. */
const ID = /^[A-Za-z0-9][A-Za-z0-9._-]{0,252}$/;

/**
 * Which host this is, in `host-id` of the agent's folder: it stays when computer, data folder or `--host-name` get
 * another name, and moves with the folder and its machines. The controller gives it at the first connection.
 */
export class HostIdentity {
  readonly #path: string;
  #id: string | null;

  private constructor(path: string, id: string | null) {
    this.#path = path;
    this.#id = id;
  }

  static async open(folder: string): Promise<HostIdentity> {
    const path = join(folder, 'host-id');
    return new HostIdentity(path, await readId(path));
  }

  /** Null until the controller has given one. */
  get id(): string | null {
    return this.#id;
  }

  async keep(id: string): Promise<void> {
    if (!ID.test(id)) throw new Error(`The controller gave this host an id that is none: ${JSON.stringify(id)}`);
    await writeWholeFile(this.#path, `${id}\n`, 'durable');
    this.#id = id;
  }
}

/** An id lost to a power cut is asked for again: the controller knows the host by its machines. */
async function readId(path: string): Promise<string | null> {
  try {
    const text = (await readFile(path, 'utf8')).trim();
    return ID.test(text) ? text : null;
  } catch (error) {
    if (errorCode(error) === 'ENOENT') return null;
    throw error;
  }
}
