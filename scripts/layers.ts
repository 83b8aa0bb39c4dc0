import { posix } from 'node:path';

/** Parts that know HTTP of what does not: their routes and modules, and the sockets they serve. */
const BELOW_HTTP = '{database,policy,events,tasks,messaging,audit,quota}';

/**
 * What stands on what in `app/`, `agent/` and `renderer/`, from the ground up: each line is a layer, each pattern in it a part. A file
 * may import its own part and all parts of lower layers, not those beside it.
 */
export const LAYERS: readonly (readonly string[])[] = [
  ['app/contract/**'],
  ['app/files/**', 'app/pattern/**', 'app/disk-full.ts', 'app/random-password.ts', 'app/version.ts'],
  ['app/secret-file.ts', 'app/backup/half-restored.ts', 'app/data-folder-watch.ts'],
  ['app/data-folder-lock.ts'],
  ['app/database/**', 'app/policy/**'],
  ['app/events/**'],
  ['app/tasks/**', 'app/messaging/**', 'app/audit/**', 'app/quota/**'],
  ['app/http/**'],
  ['app/module.ts', 'app/resource/**', 'app/cloud.options.ts'],
  [`app/${BELOW_HTTP}/{*.module,*.routes,event-socket,stream-broker}.ts`, 'app/http/http.module.ts'],
  ['app/identity/**', 'app/leftover/**', 'app/metadata/**', 'app/v1/**'],
  ['app/unclaimed/**'],
  ['app/network/**', 'app/scheduler/**', 'app/image/**', 'app/console/**', 'app/compute/**', 'app/volume/**'],
  // Shows what compute and the scheduler have.
  ['app/placement/**'],
  ['app/backup/**'],
  ['app/modules.ts'],
  ['app/create-cloud.ts', 'app/reset-admin-password.ts'],
  ['app/serve.ts'],

  [
    'agent/{disk-full,fail-point,host-programs,machine-news,order-errors,process-identity,progress-throttle,statistics-teller}.ts',
  ],
  ['agent/{agent-lock,file-exists,host-identity,json-file,order-records}.ts'],
  ['agent/image/**', 'agent/storage/**'],
  ['agent/controller-address.ts'],
  ['agent/network/**', 'agent/console/**', 'agent/bus-*.ts'],
  ['agent/hypervisor/**', 'agent/order-wanted.ts'],
  ['agent/host/**', 'agent/machine-orders.ts'],
  ['agent/agent-methods.ts'],
  ['agent/agent.ts'],

  ['renderer/i18n/**'],
  ['renderer/api/**'],
  ['renderer/design/**'],
  ['renderer/session/*.ts'],
  ['renderer/design/{actions,table}/**'],
  ['renderer/session/*.tsx'],
  ['renderer/kernel/**'],
  ['renderer/resources/**'],
  ['renderer/consoles/**'],
  // A machine's page has its consoles in it.
  ['renderer/resources/machines/pages/MachinePage.tsx'],
  ['renderer/shell/**'],
  ['renderer/main.tsx'],
];

interface Place {
  layer: number;
  part: string;
}

const known = new Map<string, Place | null>();

/** The layer whose pattern says most of the file's path. */
function placeOf(path: string): Place | null {
  const found = known.get(path);
  if (found !== undefined) return found;
  const named = LAYERS.flatMap((parts, layer) =>
    parts.filter((part) => posix.matchesGlob(path, part)).map((part) => ({ layer, part })),
  );
  const place = named.toSorted((one, other) => other.part.length - one.part.length)[0] ?? null;
  known.set(path, place);
  return place;
}

/** What is wrong with an import between two files of the layers; null where nothing is. */
export function judgeLayers(from: string, to: string): string | null {
  const isLayered = (path: string) => /^(app|agent|renderer)\/.*\.tsx?$/.test(path);
  if (!isLayered(from) || !isLayered(to)) return null;
  const [importer, imported] = [placeOf(from), placeOf(to)];
  if (!importer || !imported) return `${importer ? to : from} is in no layer of scripts/layers.ts`;
  if (importer.part === imported.part || imported.layer < importer.layer) return null;
  return `${importer.part} imports ${to}, which is ${imported.layer === importer.layer ? 'beside' : 'above'} it`;
}
