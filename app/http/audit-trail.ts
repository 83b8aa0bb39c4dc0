import { Readable } from 'node:stream';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { AuditService } from '../audit/audit.service.ts';
import { type AuditedRequest, auditedRequest, type NewAuditRecord } from '../audit/audited-request.ts';
import type { Context } from '../contract/context.ts';

/** What the edge learns of a request on its way; becomes its record in the audit trail. */
export interface AuditNote {
  service: string;
  /** The policy rule; the last one that was checked. */
  action: string;
  context: Context;
  /** Where it came from. */
  address: string;
  isChange: boolean;
  /** Who it was where no token says so: the account of a sign-in. */
  actor?: { id: string | null; name: string | null };
  reason?: string;
}

/** Methods that change something. */
export const CHANGES = new Set(['POST', 'PUT', 'PATCH', 'DELETE']);
/** Answers above this are lists or documents, not the one thing that was made. */
const MAX_PARSED = 64 * 1024;
const MAX_TEXT = 1000;

/** Where the records go; see app/audit. */
export type AuditLog = Pick<AuditService, 'record' | 'complete'>;

/** Notes by request, and the hook that sees to it that each is recorded before the answer leaves. */
export class AuditTrail {
  readonly #notes = new WeakMap<FastifyRequest, AuditNote>();
  readonly #running = new WeakMap<FastifyRequest, AuditedRequest>();

  note(request: FastifyRequest, note: AuditNote): AuditNote {
    this.#notes.set(request, note);
    return note;
  }

  of(request: FastifyRequest): AuditNote | undefined {
    return this.#notes.get(request);
  }

  /** Carries out what changes something: its record, with the status of success, is stored with what it changes. */
  async carryOut<T>(request: FastifyRequest, status: number, work: () => Promise<T>): Promise<T> {
    const note = this.#notes.get(request);
    if (!note?.isChange) return await work();
    const record = () => {
      const { made } = audited;
      const known = made && { resourceId: made.id.slice(0, 255), resourceName: made.name.slice(0, 255) || null };
      return { ...toRecord(note, request, status, undefined), ...known };
    };
    const audited: AuditedRequest = { record, stored: undefined, isOver: false, isUnfinished: false };
    this.#running.set(request, audited);
    return await auditedRequest.run(audited, work);
  }

  /**
   * Reads are recorded only where they were refused. Where a record cannot be stored, `fail` says what is answered in
   * the place of the answer.
   */
  follow(
    fastify: FastifyInstance,
    log: AuditLog,
    fail: (error: unknown, request: FastifyRequest, reply: FastifyReply) => string,
  ): void {
    // Asked for once, a socket remembers it; of one that was closed meanwhile nobody can ask.
    fastify.server.on('connection', (socket) => socket.remoteAddress);
    fastify.addHook('onSend', async (request, reply, payload) => {
      const note = this.#notes.get(request);
      if (!note || !(note.isChange || reply.statusCode === 403)) return payload;
      const audited = this.#running.get(request);
      if (audited) audited.isOver = true;
      const record = toRecord(note, request, reply.statusCode, payload);
      try {
        if (audited?.stored) await log.complete(audited.stored, record);
        else await log.record(record);
        return payload;
      } catch (error) {
        if (payload instanceof Readable) payload.destroy();
        return fail(error, request, reply);
      }
    });
  }
}

function toRecord(note: AuditNote, request: FastifyRequest, status: number, payload: unknown): NewAuditRecord {
  const { context, actor } = note;
  const resource = resourceOf(request, status, payload);
  return {
    requestId: request.id,
    service: note.service,
    action: note.action,
    method: request.method,
    path: (request.url.split('?')[0] ?? '/').slice(0, MAX_TEXT),
    userId: actor?.id ?? context.userId,
    userName: actor?.name?.slice(0, 255) ?? context.userName,
    projectId: context.projectId,
    domainId: context.domainId,
    address: note.address,
    userAgent: request.headers['user-agent']?.slice(0, 255) ?? null,
    status,
    reason: note.reason?.slice(0, MAX_TEXT) ?? null,
    resourceId: resource.id,
    resourceName: resource.name,
  };
}

/**
 * What was made, as the answer shows it (`{ "<thing>": { "id", "name" } }`), else the last id of the path. Of a new server
 * Nova's answer has the id only: its name is in the request.
 */
function resourceOf(
  request: FastifyRequest,
  status: number,
  payload: unknown,
): { id: string | null; name: string | null } {
  const fromPath =
    Object.values(request.params as Record<string, string>)
      .at(-1)
      ?.slice(0, 255) ?? null;
  if (status >= 400 || typeof payload !== 'string' || payload.length > MAX_PARSED) return { id: fromPath, name: null };
  try {
    const { key, thing } = thingIn(JSON.parse(payload));
    const id = textOf(thing, 'id');
    const asked = id !== null && key !== null && isObject(request.body) ? request.body[key] : undefined;
    return { id: id ?? fromPath, name: textOf(thing, 'name') ?? textOf(isObject(asked) ? asked : undefined, 'name') };
  } catch {
    // Not JSON: a file.
    return { id: fromPath, name: null };
  }
}

/** What an answer is about, and the member of the body that it is; null where it is the body itself. */
function thingIn(body: unknown): { key: string | null; thing: Record<string, unknown> | undefined } {
  if (!isObject(body) || textOf(body, 'id')) return { key: null, thing: isObject(body) ? body : undefined };
  const key = Object.keys(body).find((name) => isObject(body[name])) ?? null;
  const thing = key === null ? undefined : body[key];
  return { key, thing: isObject(thing) ? thing : undefined };
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function textOf(thing: Record<string, unknown> | undefined, key: string): string | null {
  const value = thing?.[key];
  return typeof value === 'string' && value !== '' ? value.slice(0, 255) : null;
}
