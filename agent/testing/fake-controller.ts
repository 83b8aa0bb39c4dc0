import { createHash, randomUUID } from 'node:crypto';
import { createReadStream, createWriteStream } from 'node:fs';
import { mkdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { join } from 'node:path';
import { type Duplex, Transform } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import type WebSocket from 'ws';
import { createWebSocketStream, WebSocketServer } from 'ws';
import type { z } from 'zod';
import {
  type BusFrame,
  type BusMethod,
  type BusProgress,
  busFrameSchema,
  MAX_BUS_FRAME_BYTES,
} from '../../app/contract/bus.ts';
import { controllerMethods } from '../../app/contract/controller.methods.ts';
import { type CumuletError, ERROR_STATUS, fromWire, UnexpectedError } from '../../app/contract/errors.ts';
import type { HostFacts } from '../../app/contract/host.ts';
import type { MachineStatus } from '../../app/contract/machine.ts';
import type { FoundThing } from '../../app/contract/unclaimed.ts';

export interface Report {
  host: string;
  facts: HostFacts;
  machines: MachineStatus[];
}

interface Call {
  resolve(result: unknown): void;
  reject(error: CumuletError): void;
  progress(progress: BusProgress): void;
}

/** The controller's end of the bus, as small as tests of the agent allow: hub, image store and console streams. */
export class FakeController {
  readonly controllerFile: string;
  readonly secretFile: string;
  readonly secret = randomUUID();
  /** Every `hello`, oldest first. */
  readonly hellos: Extract<BusFrame, { op: 'hello' }>[] = [];
  /** Every `host.report`, oldest first. */
  readonly reports: Report[] = [];
  /** What each `host.unclaimed` told, oldest first. */
  readonly found: FoundThing[][] = [];
  /** Every `machine.changed`, oldest first. */
  readonly changes: MachineStatus[] = [];
  /** Ranges asked for by image downloads; null for whole files. */
  readonly imageRanges: (string | null)[] = [];
  /** Paths of stored images by id. */
  readonly images = new Map<string, string>();
  /** Whether the order of that generation is still wanted. */
  isWanted: (generation: number) => boolean = () => true;
  /** Names the answer to `host.report` gives. */
  unknownMachines: string[] = [];
  /** Bytes after which the next image download breaks off; null for none. */
  breakImageAfter: number | null = null;
  /** What the next uploads are answered instead of being taken: a status and a body, or nothing but a broken connection. */
  readonly uploadAnswers: ({ status: number; body: string } | 'broken')[] = [];
  /** How many uploads began. */
  uploads = 0;
  url = '';
  private server: Server | null = null;
  private readonly sockets = new WebSocketServer({
    noServer: true,
    perMessageDeflate: false,
    maxPayload: MAX_BUS_FRAME_BYTES,
  });
  private agent: WebSocket | null = null;
  private readonly calls = new Map<string, Call>();
  private readonly streams = new Map<string, (stream: Duplex) => void>();
  private readonly waiting = new Set<{ test(): boolean; done(): void }>();

  readonly #folder: string;

  constructor(folder: string) {
    this.#folder = folder;
    this.controllerFile = join(folder, 'controller.json');
    this.secretFile = join(folder, 'secrets', 'agent');
  }

  async open(): Promise<void> {
    const server = createServer((request, response) => this.serveImage(request, response));
    server.on('upgrade', (request, socket, head) => this.upgrade(request, socket, head));
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    this.server = server;
    const address = server.address();
    this.url = `http://127.0.0.1:${typeof address === 'object' && address !== null ? address.port : 0}`;
    await mkdir(join(this.secretFile, '..'), { recursive: true });
    await writeFile(this.secretFile, `${this.secret}\n`);
    const controller = { url: this.url, pid: process.pid, controllerId: randomUUID() };
    await writeFile(this.controllerFile, JSON.stringify(controller));
  }

  async close(): Promise<void> {
    await rm(this.controllerFile, { force: true });
    for (const client of this.sockets.clients) client.terminate();
    this.server?.closeAllConnections();
    await new Promise<void>((resolve) => {
      if (this.server === null) resolve();
      else this.server.close(() => resolve());
    });
    this.server = null;
    this.agent = null;
  }

  /** Breaks the connection, as a network does. */
  dropAgent(): void {
    this.agent?.terminate();
  }

  /** What came of an image; null where that is nothing. */
  async sentImage(id: string): Promise<Buffer | null> {
    const path = this.images.get(id);
    return path === undefined ? null : await readFile(path);
  }

  get isConnected(): boolean {
    return this.agent !== null;
  }

  /** Resolves when the test holds; looked at whenever the agent has said something. */
  async until(test: () => boolean): Promise<void> {
    if (test()) return;
    await new Promise<void>((resolve) => {
      this.waiting.add({ test, done: resolve });
    });
  }

  async call<A extends z.ZodType, R extends z.ZodType>(
    method: BusMethod<A, R>,
    args: z.input<A>,
    options: { progress?: (progress: BusProgress) => void; signal?: AbortSignal } = {},
  ): Promise<z.output<R>> {
    return method.result.parse(await this.callRaw(method.name, method.version, args, options));
  }

  callRaw(
    method: string,
    version: number,
    args: unknown,
    options: { progress?: (progress: BusProgress) => void; signal?: AbortSignal } = {},
  ): Promise<unknown> {
    const id = randomUUID();
    return new Promise((resolve, reject) => {
      this.calls.set(id, { resolve, reject, progress: options.progress ?? (() => undefined) });
      options.signal?.addEventListener('abort', () => this.send({ op: 'abort', id }));
      const context = {
        requestId: `req-${randomUUID()}`,
        userId: null,
        userName: null,
        projectId: null,
        userDomainId: null,
        projectDomainId: null,
        domainId: null,
        systemScope: false,
        roles: [],
        isAdmin: true,
      };
      this.send({ op: 'call', id, topic: 'agent.test', method, version, context, args });
    });
  }

  /** A stream id to give to `console.open`, and the stream once the agent has dialled it. */
  expectStream(): { streamId: string; stream: Promise<Duplex> } {
    const streamId = randomUUID();
    const stream = new Promise<Duplex>((resolve) => {
      this.streams.set(streamId, resolve);
    });
    return { streamId, stream };
  }

  private send(frame: BusFrame): void {
    if (this.agent === null) throw new UnexpectedError('no agent is connected');
    this.agent.send(JSON.stringify(frame));
  }

  private upgrade(request: IncomingMessage, socket: Duplex, head: Buffer): void {
    if (request.headers.authorization !== `Bearer ${this.secret}`) {
      socket.end('HTTP/1.1 401 Unauthorized\r\n\r\n');
      return;
    }
    this.sockets.handleUpgrade(request, socket, head, (webSocket) => {
      const streamId = request.url?.match(/^\/bus\/stream\/(.+)$/)?.[1];
      if (streamId === undefined) this.welcome(webSocket);
      else this.streams.get(decodeURIComponent(streamId))?.(createWebSocketStream(webSocket));
    });
  }

  private welcome(socket: WebSocket): void {
    socket.on('message', (data) => this.receive(socket, busFrameSchema.parse(JSON.parse(data.toString()))));
    socket.once('close', () => {
      if (this.agent !== socket) return;
      this.agent = null;
      for (const call of this.calls.values()) call.reject(new UnexpectedError('the agent is gone'));
      this.calls.clear();
      this.look();
    });
  }

  private receive(socket: WebSocket, frame: BusFrame): void {
    const call = 'id' in frame ? this.calls.get(frame.id) : undefined;
    switch (frame.op) {
      case 'hello':
        this.agent = socket;
        this.hellos.push(frame);
        this.send({ op: 'welcome', controllerId: 'test', hostId: frame.host || 'given' });
        break;
      case 'call':
        this.answer(frame);
        break;
      case 'progress':
        call?.progress(frame.progress);
        break;
      case 'result':
        this.calls.delete(frame.id);
        call?.resolve(frame.result);
        break;
      case 'error':
        this.calls.delete(frame.id);
        call?.reject(
          fromWire({ ...frame.error, code: isErrorCode(frame.error.code) ? frame.error.code : 'unexpected' }),
        );
        break;
    }
    this.look();
  }

  private answer({ id, method, args }: Extract<BusFrame, { op: 'call' }>): void {
    if (method === controllerMethods.machineChanged.name) {
      this.changes.push(controllerMethods.machineChanged.args.parse(args).machine);
      this.send({ op: 'result', id, result: {} });
    } else if (method === controllerMethods.orderWanted.name) {
      const { generation } = controllerMethods.orderWanted.args.parse(args);
      this.send({ op: 'result', id, result: { isWanted: this.isWanted(generation) } });
    } else if (method === controllerMethods.hostUnclaimed.name) {
      this.found.push(controllerMethods.hostUnclaimed.args.parse(args).found);
      this.send({ op: 'result', id, result: {} });
    } else {
      this.reports.push(controllerMethods.hostReport.args.parse(args));
      this.send({ op: 'result', id, result: { unknownMachines: this.unknownMachines } });
    }
  }

  private look(): void {
    for (const waiter of this.waiting) {
      if (!waiter.test()) continue;
      this.waiting.delete(waiter);
      waiter.done();
    }
  }

  async #takeImage(id: string, request: IncomingMessage, response: ServerResponse): Promise<void> {
    this.uploads += 1;
    const answer = this.uploadAnswers.shift();
    if (answer === 'broken') return void request.once('data', () => request.destroy());
    if (answer !== undefined) {
      request.resume();
      return void response.writeHead(answer.status, { 'content-type': 'application/json' }).end(answer.body);
    }
    const path = join(this.#folder, `${id}.uploaded`);
    const isRight =
      request.headers.authorization === `Bearer ${this.secret}` && (await keepImage(path, request).catch(() => false));
    if (isRight) this.images.set(id, path);
    response.writeHead(isRight ? 204 : 400).end();
  }

  private async serveImage(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const id = request.url?.match(/^\/bus\/images\/(.+)$/)?.[1];
    if (request.method === 'PUT' && id !== undefined) return await this.#takeImage(id, request, response);
    const path = id === undefined ? undefined : this.images.get(decodeURIComponent(id));
    if (path === undefined || request.headers.authorization !== `Bearer ${this.secret}`) {
      response.writeHead(path === undefined ? 404 : 401).end();
      return;
    }
    if (request.method === 'HEAD') return void response.writeHead(200).end();
    const { size } = await stat(path);
    const range = request.headers.range ?? null;
    this.imageRanges.push(range);
    const start = range === null ? 0 : Number(range.match(/^bytes=(\d+)-$/)?.[1]);
    response.writeHead(range === null ? 200 : 206, { 'content-length': size - start });
    const limit = this.breakImageAfter;
    this.breakImageAfter = null;
    if (limit === null) {
      createReadStream(path, { start }).pipe(response);
      return;
    }
    const part = createReadStream(path, { start, end: start + limit - 1 });
    part.pipe(response, { end: false });
    part.once('end', () => response.destroy());
  }
}

/** Keeps a whole image whose hash is right beside its other files. */
async function keepImage(path: string, request: IncomingMessage): Promise<boolean> {
  const hash = createHash('sha512');
  const count = new Transform({
    transform(chunk: Buffer, _encoding, callback) {
      hash.update(chunk);
      callback(null, chunk);
    },
  });
  await pipeline(request, count, createWriteStream(path));
  const { size } = await stat(path);
  const isWhole = String(size) === request.headers['x-openstack-image-size'];
  return isWhole && request.trailers['x-content-sha512'] === hash.digest('hex');
}

function isErrorCode(code: string): code is CumuletError['code'] {
  return Object.hasOwn(ERROR_STATUS, code);
}
