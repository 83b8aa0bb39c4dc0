import { createReadStream } from 'node:fs';
import { Readable } from 'node:stream';
import { json } from 'node:stream/consumers';
import type { Logger } from 'pino';
import { z } from 'zod';
import { OperationalError } from '../contract/errors.ts';
import type { GuestFacts, VendorSource } from './guest-facts.ts';
import type { MetadataSettings } from './metadata.settings.ts';

const objectSchema = z.record(z.string(), z.unknown());
/** Of one service's answer. */
const MOST_BYTES = 1024 * 1024;
/** As long as Nova keeps what it was told, milliseconds: a guest that asks on and on does not make us ask as often. */
const KEPT_FOR = 15_000;
const MOST_KEPT = 1000;

interface Kept {
  until: number;
  answers: Promise<Record<string, unknown>>;
}

/** What the operator of the cloud tells guests: a file, and services that are asked about each machine. */
export class VendorData implements VendorSource {
  readonly #settings: MetadataSettings;
  readonly #log: Logger;
  readonly #kept = new Map<string, Kept>();

  constructor(parts: { settings: MetadataSettings; log: Logger }) {
    this.#settings = parts.settings;
    this.#log = parts.log;
  }

  async fixed(): Promise<Record<string, unknown>> {
    const path = this.#settings.vendordata_jsonfile_path;
    if (path === '') return {};
    try {
      return objectSchema.parse(await json(createReadStream(path)));
    } catch (cause) {
      throw new OperationalError('unexpected', 'controller', `The vendor data of ${path} cannot be read.`, {
        hint: 'vendordata_jsonfile_path in [metadata] of config.toml names a file with one JSON object.',
        cause,
      });
    }
  }

  async asked(facts: GuestFacts): Promise<Record<string, unknown>> {
    if (this.#settings.vendordata_dynamic_targets.length === 0) return {};
    // Whatever a service is told makes another question of it.
    const question = JSON.stringify(questionOf(facts));
    const now = performance.now();
    const known = this.#kept.get(question);
    if (known && known.until > now) return await known.answers;
    if (this.#kept.size >= MOST_KEPT) this.#kept.clear();
    const answers = this.#askAll(question, facts);
    this.#kept.set(question, { until: now + KEPT_FOR, answers });
    // The next question is a new try.
    answers.catch(() => this.#kept.delete(question));
    return await answers;
  }

  async #askAll(question: string, { serverId }: GuestFacts): Promise<Record<string, unknown>> {
    const told = this.#settings.vendordata_dynamic_targets.map(async (target) => {
      const at = target.indexOf('@');
      return [target.slice(0, at), await this.#ask(target.slice(at + 1), question, serverId)] as const;
    });
    return Object.fromEntries(await Promise.all(told));
  }

  async #ask(url: string, question: string, server: string): Promise<unknown> {
    const { vendordata_dynamic_connect_timeout: connecting, vendordata_dynamic_read_timeout: reading } = this.#settings;
    try {
      const response = await fetch(url, {
        method: 'POST',
        headers: { 'content-type': 'application/json', accept: 'application/json', 'user-agent': 'cumulet-vendordata' },
        body: question,
        redirect: 'error',
        signal: AbortSignal.timeout((connecting + reading) * 1000),
      });
      if (!response.ok) throw new Error(`it answered ${response.status}`);
      const body = await readBody(response);
      return body.size === 0 ? {} : await body.json();
    } catch (cause) {
      this.#log.warn({ err: cause, url, server }, 'a service of vendor data did not answer as it should');
      if (!this.#settings.vendordata_dynamic_failure_fatal) return {};
      throw new OperationalError('unavailable', 'controller', `The vendor data of ${url} could not be had.`, { cause });
    }
  }
}

/** In Nova's words. Never the administrator's password. */
function questionOf(facts: GuestFacts): Record<string, unknown> {
  return {
    'project-id': facts.projectId,
    'instance-id': facts.serverId,
    'image-id': facts.imageId ?? '',
    'user-data': facts.userData,
    hostname: facts.hostname,
    metadata: facts.metadata,
    'boot-roles': '',
  };
}

async function readBody(response: Response): Promise<{ size: number; json(): Promise<unknown> }> {
  const parts: Uint8Array[] = [];
  let size = 0;
  for await (const part of response.body ?? []) {
    size += part.byteLength;
    if (size > MOST_BYTES) throw new Error(`it answered more than ${MOST_BYTES} bytes`);
    parts.push(part);
  }
  return { size, json: () => json(Readable.from(parts)) };
}
