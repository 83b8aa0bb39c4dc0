import type { Logger } from 'pino';
import type { z } from 'zod';
import type { BusFrame, BusMethod, BusProgress } from '../app/contract/bus.ts';
import type { Context } from '../app/contract/context.ts';
import {
  type CumuletError,
  ERROR_STATUS,
  type ErrorCode,
  fromWire,
  OperationalError,
  toWire,
  UserError,
} from '../app/contract/errors.ts';
import { ProgressThrottle } from './progress-throttle.ts';

export interface BusCall {
  context: Context;
  /** Fires when the caller no longer wants the answer. */
  signal: AbortSignal;
  progress(progress: BusProgress): void;
}

/** A method this process serves. Made by {@link serve}, which ties the schemas to the handler's types. */
export interface ServedMethod {
  readonly name: string;
  readonly version: number;
  answer(args: unknown, call: BusCall): Promise<unknown>;
}

export function serve<A extends z.ZodType, R extends z.ZodType>(
  method: BusMethod<A, R>,
  handle: (args: z.output<A>, call: BusCall) => Promise<z.input<R>>,
): ServedMethod {
  return {
    name: method.name,
    version: method.version,
    async answer(args, call) {
      const parsed = method.args.safeParse(args);
      if (!parsed.success) {
        const [issue] = parsed.error.issues;
        const field = issue?.path.join('.');
        throw new UserError('bad_request', `${method.name}: ${issue?.message ?? 'the arguments do not fit'}`, {
          field,
        });
      }
      return handle(parsed.data, call);
    },
  };
}

type Incoming = Extract<BusFrame, { op: 'call' | 'cast' | 'abort' }>;

/** Carries out the calls that come over the bus and answers them on the connection they came by. */
export class BusDispatcher {
  private readonly methods: ReadonlyMap<string, ServedMethod>;
  private readonly log: Logger;
  private readonly aborts = new Map<string, AbortController>();

  constructor(methods: readonly ServedMethod[], log: Logger) {
    this.methods = new Map(methods.map((method) => [method.name, method]));
    this.log = log;
  }

  receive(frame: Incoming, reply: (frame: BusFrame) => void): void {
    if (frame.op === 'abort') {
      this.aborts.get(frame.id)?.abort();
      return;
    }
    const log = this.log.child({ requestId: frame.context.requestId, method: frame.method });
    if (frame.op === 'cast') {
      const call = { context: frame.context, signal: new AbortController().signal, progress: () => undefined };
      this.answer(frame, call).catch((error: unknown) => log.warn({ err: error }, 'a cast failed'));
      return;
    }
    const { id } = frame;
    const abort = new AbortController();
    this.aborts.set(id, abort);
    const throttle = new ProgressThrottle((progress) => reply({ op: 'progress', id, progress }));
    const call = { context: frame.context, signal: abort.signal, progress: (p: BusProgress) => throttle.report(p) };
    this.answer(frame, call)
      .finally(() => {
        // Nothing may follow the answer.
        throttle.close();
        this.aborts.delete(id);
      })
      .then(
        (result) => reply({ op: 'result', id, result }),
        (error: unknown) => {
          log.info({ err: error }, 'a call failed');
          reply({ op: 'error', id, error: toWire(error, 'agent') });
        },
      );
  }

  readError(error: Extract<BusFrame, { op: 'error' }>['error']): CumuletError {
    return fromWire({ ...error, code: isKnownCode(error.code) ? error.code : 'unexpected' });
  }

  private async answer(frame: Extract<Incoming, { op: 'call' | 'cast' }>, call: BusCall): Promise<unknown> {
    const method = this.methods.get(frame.method);
    if (method === undefined || method.version !== frame.version) {
      throw new OperationalError(
        'unknown_method',
        'agent',
        `This agent does not know ${frame.method} in version ${frame.version}.`,
        { hint: 'Update Cumulet on this host to the version of the controller.' },
      );
    }
    return method.answer(frame.args, call);
  }
}

function isKnownCode(code: string): code is ErrorCode {
  return Object.hasOwn(ERROR_STATUS, code);
}
