import { randomUUID } from 'node:crypto';
import { mkdir, rm, stat } from 'node:fs/promises';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Logger } from 'pino';
import type { ComputeSettings } from './compute/compute.settings.ts';
import { OperationalError, UserError } from './contract/errors.ts';
import { createCloud } from './create-cloud.ts';
import { DataFolderLock } from './data-folder-lock.ts';
import { DataFolderWatch } from './data-folder-watch.ts';
import type { DatabaseSettings } from './database/database.settings.ts';
import { asDiskFull } from './disk-full.ts';
import { readIfThere, writeWholeFile } from './files/whole-file.ts';
import type { HttpSettings } from './http/http.settings.ts';
import { DEFAULT_LIMITS } from './http/request-limits.ts';
import type { IdentitySettings } from './identity/identity.settings.ts';
import type { HashCost } from './identity/token/password-hash.ts';
import type { MetadataSettings } from './metadata/metadata.settings.ts';
import { staleWarning } from './unclaimed/data-generation.ts';

export interface ServeOptions {
  dataDir: string;
  /** `HOST:PORT`; default loopback, port 8774. Port 0 lets the system choose. */
  listen?: string;
  /** Sets (or changes) the administrator's password; else one is made at the first start. */
  adminPassword?: string;
  /** Folder of the built dashboard; without it only the APIs are served. */
  dashboardDir?: string;
  /** Script that builds the small Linux; default the one beside the sources. */
  guestBuilder?: string;
  /** Replaces `assets/image-catalog.json`. */
  imageCatalog?: string;
  /** Replaces `assets/metadefs.json`. */
  metadefs?: string;
  /** Entry of the image catalogue that a new cloud imports by itself, once; without it none. */
  firstImage?: string;
  /** For tests: an answer that is not as its route declares becomes a 500. */
  checkAnswers?: boolean;
  /** For tests: what hashing passwords costs, where they are not about that. */
  hashCost?: HashCost;
  /** Where everything is kept; without it SQLite in the data folder. */
  database?: DatabaseSettings;
  /** Further names of this server. */
  http?: HttpSettings;
  /** Rules for passwords and the like; without them Keystone's defaults. */
  identity?: IdentitySettings;
  /** How long what is deleted is kept, and which machines have a config drive; without it, Nova's and all. */
  compute?: ComputeSettings;
  /** What guests are told beside what the cloud knows; without it, nothing. */
  metadata?: MetadataSettings;
  log: Logger;
}

export interface Controller {
  /** Origin of all APIs and the dashboard, such as `http://127.0.0.1:8774`. */
  readonly url: string;
  readonly controllerId: string;
  /** Every crash point of the long work there is; see tasks/fail-point.ts. */
  readonly failPoints: string[];
  /** What whoever runs this should know, as sentences. */
  readonly warnings: string[];
  /** A link that signs in as the administrator, once. */
  signInLink(): Promise<string>;
  /** Resolves when the data folder was removed or moved away: nothing can be kept any more. */
  readonly folderGone: Promise<void>;
  /** Lets go of everything; machines keep running. */
  close(): Promise<void>;
}

const DEFAULT_LISTEN = '127.0.0.1:8774';

/** Runs the controller in this process: `cumulet serve`, and what the desktop app starts in a process of its own. */
export async function serve(options: ServeOptions): Promise<Controller> {
  const { dataDir, log } = options;
  const { host, port } = parseListen(options.listen ?? DEFAULT_LISTEN);
  await mkdir(dataDir, { recursive: true, mode: 0o700 });
  if (((await stat(dataDir)).mode & 0o077) !== 0) {
    log.warn({ dataDir }, 'the data folder can be read by others of this computer; chmod 700 closes it');
  }
  const lock = DataFolderLock.acquire(dataDir);
  const controllerId = randomUUID();
  const controllerFile = join(dataDir, 'controller.json');
  try {
    const cloud = await createCloud({
      dataDir,
      controllerId,
      ownerId: await folderId(dataDir),
      log,
      adminPassword: options.adminPassword,
      databaseSettings: options.database,
      identitySettings: options.identity,
      computeSettings: options.compute,
      metadataSettings: options.metadata,
      limits: options.http?.limits ?? DEFAULT_LIMITS,
      dashboardDir: options.dashboardDir,
      checkAnswers: options.checkAnswers,
      hashCost: options.hashCost,
      firstImage: options.firstImage,
      guestBuilder: options.guestBuilder ?? fileURLToPath(new URL('../guest/build.sh', import.meta.url)),
      metadefs: options.metadefs ?? fileURLToPath(new URL('../assets/metadefs.json', import.meta.url)),
      imageCatalog: options.imageCatalog ?? fileURLToPath(new URL('../assets/image-catalog.json', import.meta.url)),
    });
    const folderWatch = new DataFolderWatch(dataDir, 'controller.lock');
    try {
      cloud.edge.hostGuard.listenOn(host);
      if (options.http) cloud.edge.hostGuard.allow(options.http);
      const url = await listen(cloud.edge.fastify, host, port);
      await writeWholeFile(controllerFile, JSON.stringify({ url, pid: process.pid, controllerId }), 'process');
      await cloud.start();
      log.info({ url, controllerId }, 'controller listens');
      const lostFile = await cloud.lostPasswordFile();
      const warnings = lostFile === null ? [] : [lostPassword(lostFile)];
      if (cloud.staleDatabase !== null) warnings.push(staleWarning(cloud.staleDatabase));
      for (const warning of warnings) log.warn(warning);
      return {
        url,
        controllerId,
        failPoints: cloud.failPoints,
        warnings,
        folderGone: folderWatch.gone,
        signInLink: async () => `${url}/#code=${await cloud.createSignInCode()}`,
        close: async () => {
          folderWatch.close();
          await rm(controllerFile, { force: true });
          await cloud.close();
          lock.release();
        },
      };
    } catch (error) {
      folderWatch.close();
      await cloud.close();
      throw error;
    }
  } catch (error) {
    lock.release();
    throw asDiskFull(error);
  }
}

/** Made once for each data folder, so that a controller that starts again knows which tasks were its own. */
async function folderId(dataDir: string): Promise<string> {
  const file = join(dataDir, 'controller-id');
  // Empty where a power cut came in between.
  const known = (await readIfThere(file))?.trim();
  if (known) return known;
  const id = randomUUID();
  await writeWholeFile(file, `${id}\n`, 'durable');
  return id;
}

function lostPassword(file: string): string {
  return (
    `${file} does not hold the administrator's password. Whoever knows it signs in as before; where nobody does, stop ` +
    'Cumulet and run "cumulet reset-admin-password".'
  );
}

function parseListen(text: string): { host: string; port: number } {
  const match = /^(\[[0-9a-fA-F:.]+\]|[^:]+):(\d{1,5})$/.exec(text);
  const [host, port] = [match?.[1], Number(match?.[2])];
  if (!host || port > 65_535) {
    throw new UserError('bad_request', `${text} is not HOST:PORT.`, {
      field: 'listen',
      hint: 'Such as 127.0.0.1:8774.',
    });
  }
  return { host: host.replace(/^\[|\]$/g, ''), port };
}

async function listen(
  fastify: Awaited<ReturnType<typeof createCloud>>['edge']['fastify'],
  host: string,
  port: number,
): Promise<string> {
  try {
    await fastify.listen({ host, port });
  } catch (cause) {
    const code = (cause as NodeJS.ErrnoException).code;
    if (code !== 'EADDRINUSE' && code !== 'EACCES' && code !== 'EADDRNOTAVAIL') throw cause;
    throw new OperationalError('conflict', 'controller', `Cannot listen on ${host}:${port} (${code}).`, {
      hint: 'Stop what listens there, or choose another address with --listen HOST:PORT.',
      cause,
    });
  }
  const address = fastify.server.address() as AddressInfo;
  // What listens everywhere is reached on loopback from here.
  const reachable = host === '0.0.0.0' ? '127.0.0.1' : host === '::' ? '::1' : host;
  return `http://${reachable.includes(':') ? `[${reachable}]` : reachable}:${address.port}`;
}
