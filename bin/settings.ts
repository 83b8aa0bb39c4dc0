import { readFileSync } from 'node:fs';
import { hostname } from 'node:os';
import { resolve } from 'node:path';
import { parse, TomlError } from 'smol-toml';
import { z } from 'zod';
import { computeSettingsSchema } from '../app/compute/compute.settings.ts';
import { UserError } from '../app/contract/errors.ts';
import { databaseSettingsSchema } from '../app/database/database.settings.ts';
import { httpSettingsSchema } from '../app/http/http.settings.ts';
import { identitySettingsSchema } from '../app/identity/identity.settings.ts';
import { metadataSettingsSchema } from '../app/metadata/metadata.settings.ts';
import { DataFolder, defaultDataDir } from './data-folder.ts';

const listenSchema = z
  .string()
  .regex(/^(\[[0-9a-fA-F:.]+\]|[^:\s[\]]+):\d{1,5}$/, 'must be HOST:PORT, such as 127.0.0.1:8774 or [::1]:8774')
  .refine((text) => Number(text.slice(text.lastIndexOf(':') + 1)) <= 65_535, 'the port must be 65535 or less');

/**
 * Every setting with its name in `config.toml`; `CUMULET_<NAME>` in the environment, `--<name>` on the command line.
 * Tables, such as `[identity]`, stand in the file only.
 */
const settingsSchema = z.strictObject({
  /** `HOST:PORT` of the one origin; port 0 lets the system choose. */
  listen: listenSchema.default('127.0.0.1:8774'),
  /** Start the agent of this computer beside the controller. */
  agent: z.boolean().default(true),
  hypervisor: z.enum(['qemu', 'simulated']).default('qemu'),
  /** Name of this computer in the cloud. */
  'host-name': z
    .string()
    .regex(/^[A-Za-z0-9]([A-Za-z0-9.-]{0,251}[A-Za-z0-9])?$/, 'must be letters, digits, dots and dashes')
    .default(hostname()),
  /** What a new cloud begins with, of the image catalogue; `none`: nothing. Of no meaning to a cloud that is there. */
  'first-image': z.string().max(64).default('cumulet-linux'),
  'log-level': z.enum(['trace', 'debug', 'info', 'warn', 'error']).default('info'),
  /** `file`: `logs/` in the data folder; `stderr`: for a service manager that keeps logs itself. */
  'log-to': z.enum(['file', 'stderr']).default('file'),
  database: databaseSettingsSchema.prefault({}),
  identity: identitySettingsSchema.prefault({}),
  compute: computeSettingsSchema.prefault({}),
  metadata: metadataSettingsSchema.prefault({}),
  http: httpSettingsSchema.prefault({}),
});
export type Settings = z.infer<typeof settingsSchema>;
type SettingName = keyof Settings;

const settingNames = Object.keys(settingsSchema.shape).filter(
  (name): name is SettingName => name in settingsSchema.shape,
);

/** Those that stand in the file only. */
const TABLES = ['database', 'identity', 'compute', 'metadata', 'http'] as const;

/** What was given on the command line; undefined where nothing was. */
export type CommandLineSettings = {
  [K in Exclude<SettingName, (typeof TABLES)[number]>]?: string | boolean | undefined;
};

export interface SettingSources {
  /** `--data-dir` */
  dataDir: string | undefined;
  commandLine: CommandLineSettings;
  env: NodeJS.ProcessEnv;
  platform?: NodeJS.Platform;
}

export interface ReadSettings {
  folder: DataFolder;
  settings: Settings;
  /** Those that were set somewhere, and are no defaults. */
  given: string[];
}

/** Settings in order of strength: command line, environment, `config.toml` in the data folder, default. */
export function readSettings(sources: SettingSources): ReadSettings {
  const folder = findDataFolder(sources.dataDir, sources.env, sources.platform);
  const given = {
    ...readConfigFile(folder.configFile),
    ...readEnvironment(sources.env),
    ...readCommandLine(sources.commandLine),
  };
  return { folder, settings: settingsSchema.parse(given), given: Object.keys(given) };
}

/** The data folder of `--data-dir`, `CUMULET_DATA_DIR` or the platform. */
export function findDataFolder(
  dataDir: string | undefined,
  env: NodeJS.ProcessEnv,
  platform: NodeJS.Platform = process.platform,
): DataFolder {
  return new DataFolder(resolve(dataDir || env.CUMULET_DATA_DIR || defaultDataDir(platform, env)));
}

function readConfigFile(path: string): Partial<Settings> {
  let text: string;
  try {
    text = readFileSync(path, 'utf8');
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return {};
    throw error;
  }
  return check(parseToml(path, text), (name) => `"${name}" in ${path}`);
}

function parseToml(path: string, text: string): Record<string, unknown> {
  try {
    return parse(text);
  } catch (error) {
    if (error instanceof TomlError) {
      const line = error.message.split('\n')[0] ?? '';
      throw new UserError('bad_request', `${path}, line ${error.line}: ${line}`, { cause: error });
    }
    throw error;
  }
}

function readEnvironment(env: NodeJS.ProcessEnv): Partial<Settings> {
  const values: Record<string, unknown> = {};
  for (const name of settingNames.filter((name) => !TABLES.some((table) => table === name))) {
    const text = env[environmentName(name)];
    if (text !== undefined && text !== '') values[name] = name === 'agent' ? toBoolean(text) : text;
  }
  return check(values, environmentName);
}

function readCommandLine(given: CommandLineSettings): Partial<Settings> {
  const values = Object.fromEntries(Object.entries(given).filter(([, value]) => value !== undefined));
  return check(values, (name) => `--${name}`);
}

function environmentName(name: string): string {
  return `CUMULET_${name.toUpperCase().replaceAll('-', '_')}`;
}

function toBoolean(text: string): boolean | string {
  if (['1', 'true', 'yes', 'on'].includes(text.toLowerCase())) return true;
  return ['0', 'false', 'no', 'off'].includes(text.toLowerCase()) ? false : text;
}

/** Checks one source alone, so that the message can say where the wrong value stands. Defaults are filled in later. */
function check(values: Record<string, unknown>, whereIs: (name: string) => string): Partial<Settings> {
  const checked: Record<string, unknown> = {};
  for (const [name, value] of Object.entries(values)) {
    const known = settingNames.find((candidate) => candidate === name);
    if (!known) {
      throw new UserError('bad_request', `${whereIs(name)} is not a setting.`, {
        hint: `Settings are: ${settingNames.join(', ')}.`,
        field: name,
      });
    }
    const result = settingsSchema.shape[known].safeParse(value);
    if (!result.success) {
      const issue = result.error.issues[0];
      const field = [name, ...(issue?.path ?? [])].map(String).join('.');
      throw new UserError('bad_request', `${whereIs(field)}: ${issue?.message ?? 'is not valid'}`, { field });
    }
    checked[name] = result.data;
  }
  return checked;
}

/** `CUMULET_ADMIN_PASSWORD`, once: no agent, machine or script that is started from here inherits it. */
export function takeAdminPassword(): string | undefined {
  const password = process.env.CUMULET_ADMIN_PASSWORD;
  delete process.env.CUMULET_ADMIN_PASSWORD;
  return password || undefined;
}
