import { z } from 'zod';
import { UserError } from '../contract/errors.ts';
import { applyAttributes, bad, isWritable, parseAttribute, parseProperty, refuseName } from './image.schema.ts';
import type { ImageRecord } from './image.tables.ts';

/**
 * Glance's two media types: drafts 10 and 4 of JSON Patch. Draft 4 says `{"replace": "/name", "value": ...}` and
 * refuses to add what is there.
 */
export const PATCH_TYPES = {
  'application/openstack-images-v2.0-json-patch': 4,
  'application/openstack-images-v2.1-json-patch': 10,
} as const;
export type PatchDraft = (typeof PATCH_TYPES)[keyof typeof PATCH_TYPES];

const OPERATIONS = ['add', 'remove', 'replace'] as const;
type Operation = (typeof OPERATIONS)[number];

export interface PatchChange {
  operation: Operation;
  /** The attribute or property. */
  name: string;
  value: unknown;
}

const operationSchema = (properties: object, required: string[]) => ({
  type: 'object',
  properties: { ...properties, value: {} },
  required,
  additionalProperties: false,
});
const pointer = { type: 'string', pattern: '^/' };

/** Of one patch: many times what an image has properties. */
const MAX_OPERATIONS = 1_000;

/** For the API's description; {@link parsePatch} checks, with Glance's words. */
export const patchSchema = z.array(z.unknown()).meta({
  items: {
    anyOf: [
      operationSchema({ op: { enum: OPERATIONS }, path: pointer }, ['op', 'path']),
      ...OPERATIONS.map((operation) => operationSchema({ [operation]: pointer }, [operation])),
    ],
  },
});

/** Reads a patch and refuses what no image would take; applying it is {@link applyPatch}. */
export function parsePatch(body: unknown, draft: PatchDraft): PatchChange[] {
  if (!Array.isArray(body)) throw bad('Request body must be a JSON array of operation objects.');
  if (body.length > MAX_OPERATIONS) throw bad(`A patch has at most ${MAX_OPERATIONS} operations.`, 'body');
  return body.map((raw: unknown) => {
    if (typeof raw !== 'object' || raw === null || Array.isArray(raw)) throw bad('Operations must be JSON objects.');
    const members = new Map<string, unknown>(Object.entries(raw));
    const { operation, pointer } = draft === 10 ? readDraft10(members) : readDraft4(members);
    const path = decodePointer(pointer);
    const [name = ''] = path;
    if (path.length !== 1) throw bad(`Invalid JSON pointer for this resource: '/${path.join('/')}'`, name);
    refuseName(name);
    if (operation === 'remove') return { operation, name, value: undefined };
    if (!members.has('value')) throw bad(`Operation "${operation}" requires a member named "value".`, name);
    const value = members.get('value');
    // Now, so that a patch is refused whole before anything of it is tried.
    if (isWritable(name)) parseAttribute(name, value);
    else parseProperty(name, value);
    return { operation, name, value };
  });
}

/** Changes the record in place. Rights beyond "may modify" are the caller's to check. */
export function applyPatch(image: ImageRecord, changes: readonly PatchChange[], draft: PatchDraft): void {
  for (const { operation, name, value } of changes) {
    const isThere = Object.hasOwn(image.properties, name);
    if (operation === 'add' && draft === 4 && (isThere || isWritable(name))) {
      throw new UserError('conflict', `Property ${name} already present.`, { field: name });
    }
    if (operation !== 'add' && !isThere && !isWritable(name)) {
      throw new UserError('conflict', `Property ${name} does not exist.`, { field: name });
    }
    if (operation === 'remove') {
      if (isWritable(name)) {
        throw new UserError('forbidden', `Property ${name} may not be removed.`, { field: name });
      }
      delete image.properties[name];
    } else if (isWritable(name)) {
      if ((name === 'disk_format' || name === 'container_format') && image.status !== 'queued') {
        throw new UserError('forbidden', `Attribute ${name} can be only replaced for a queued image.`, { field: name });
      }
      applyAttributes(image, parseAttribute(name, value));
    } else {
      image.properties[name] = parseProperty(name, value);
    }
  }
}

function readDraft10(members: Map<string, unknown>): { operation: Operation; pointer: unknown } {
  const asked = members.get('op');
  const available = OPERATIONS.join(', ');
  if (asked === undefined) {
    throw bad(`Unable to find \`op\` in JSON Schema change. It must be one of the following: ${available}.`);
  }
  const operation = OPERATIONS.find((candidate) => candidate === asked);
  if (!operation) throw bad(`Invalid operation: \`${String(asked)}\`. It must be one of the following: ${available}.`);
  if (!members.has('path')) throw bad("Unable to find 'path' in JSON Schema change");
  return { operation, pointer: members.get('path') };
}

function readDraft4(members: Map<string, unknown>): { operation: Operation; pointer: unknown } {
  const [operation, ...others] = OPERATIONS.filter((candidate) => members.has(candidate));
  if (!operation || others.length > 0) {
    throw bad('Operation objects must contain exactly one member named "add", "remove", or "replace".');
  }
  return { operation, pointer: members.get(operation) };
}

/** `~1` is a slash and `~0` a tilde in a name. */
function decodePointer(pointer: unknown): string[] {
  if (typeof pointer !== 'string') throw bad('A JSON pointer must be a string.');
  if (!pointer.startsWith('/')) throw bad(`Pointer \`${pointer}\` does not start with "/".`);
  if (/\/\s*?\//.test(pointer.slice(1))) throw bad(`Pointer \`${pointer}\` contains adjacent "/".`);
  if (pointer.endsWith('/')) {
    throw bad(`Pointer \`${pointer}\` ${pointer.length > 1 ? 'end with "/"' : 'does not contains valid token'}.`);
  }
  if (/~(?![01])/.test(pointer)) {
    throw bad(`Pointer \`${pointer}\` contains "~" not part of a recognized escape sequence.`);
  }
  return pointer
    .replace(/^\/+/, '')
    .split('/')
    .map((part) => part.replaceAll('~1', '/').replaceAll('~0', '~').trim());
}
