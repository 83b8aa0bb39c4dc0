import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { hostname, tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { defaultDataDir } from './data-folder.ts';
import { type CommandLineSettings, readSettings } from './settings.ts';

let dataDir: string;
beforeEach(() => {
  dataDir = mkdtempSync(join(tmpdir(), 'cumulet-settings-'));
});
afterEach(() => rmSync(dataDir, { recursive: true }));

const read = (commandLine: CommandLineSettings, env: NodeJS.ProcessEnv, toml?: string) => {
  if (toml !== undefined) writeFileSync(join(dataDir, 'config.toml'), toml);
  return readSettings({ dataDir, commandLine, env });
};

test('has a default for everything', () => {
  expect(read({}, {})).toMatchObject({
    settings: {
      listen: '127.0.0.1:8774',
      agent: true,
      hypervisor: 'qemu',
      'host-name': hostname(),
      'log-level': 'info',
      'log-to': 'file',
    },
    given: [],
  });
});

test('the command line is stronger than the environment, that than the file', () => {
  const toml = 'listen = "127.0.0.1:1"\nhypervisor = "simulated"\nagent = false\nlog-level = "debug"\n';
  const env = { CUMULET_LISTEN: '127.0.0.1:2', CUMULET_AGENT: 'yes' };
  expect(read({ listen: '127.0.0.1:3' }, env, toml).settings).toMatchObject({
    listen: '127.0.0.1:3',
    agent: true,
    hypervisor: 'simulated',
    'log-level': 'debug',
  });
});

test.each([
  [{ listen: 'nowhere' }, {}, undefined, '--listen: must be HOST:PORT'],
  [{ listen: '127.0.0.1:70000' }, {}, undefined, '--listen: the port must be 65535 or less'],
  [{}, { CUMULET_HYPERVISOR: 'xen' }, undefined, 'CUMULET_HYPERVISOR: '],
  [{}, { CUMULET_AGENT: 'perhaps' }, undefined, 'CUMULET_AGENT: '],
  [{}, {}, 'lisen = "x"\n', '"lisen" in '],
  [{}, {}, 'agent = "x"\n', '"agent" in '],
  [{}, {}, 'listen = \n', 'config.toml, line 1: '],
  [{ 'host-name': '../x' }, {}, undefined, '--host-name: must be letters'],
])('says where a wrong value stands: %j %j %j', (commandLine, env, toml, message) => {
  expect(() => read(commandLine, env, toml)).toThrow(message);
});

test('takes IPv6 and any port', () => {
  expect(read({ listen: '[::1]:0' }, {}).settings.listen).toBe('[::1]:0');
});

test("the data folder is the platform's usual one unless it is named", () => {
  expect(defaultDataDir('linux', {}, '/home/ada')).toBe('/home/ada/.local/share/cumulet');
  expect(defaultDataDir('linux', { XDG_DATA_HOME: '/data' }, '/home/ada')).toBe('/data/cumulet');
  expect(defaultDataDir('darwin', {}, '/Users/ada')).toBe('/Users/ada/Library/Application Support/Cumulet');
  expect(readSettings({ dataDir: undefined, commandLine: {}, env: { CUMULET_DATA_DIR: dataDir } }).folder.path).toBe(
    dataDir,
  );
});

test('[http] names hosts and origins, and refuses what is neither', () => {
  const toml = '[http]\nhosts = ["cloud.example"]\norigins = ["https://cloud.example"]\n';
  expect(read({}, {}, toml).settings.http).toMatchObject({
    hosts: ['cloud.example'],
    origins: ['https://cloud.example'],
  });
  expect(read({}, {}, '').settings.http).toMatchObject({ hosts: [], origins: [] });
  const limits = '[http.limits]\nquery_parameters = 500\n';
  expect(read({}, {}, limits).settings.http.limits).toMatchObject({ query_parameters: 500, depth: 64 });
  expect(() => read({}, {}, '[http.limits]\ndepth = 0\n')).toThrow('http.limits.depth');
  expect(() => read({}, {}, '[http]\nhosts = ["cloud.example:80"]\n')).toThrow('http.hosts.0');
  expect(() => read({}, {}, '[http]\norigins = ["*"]\n')).toThrow('http.origins.0');
});

test('[identity] stands in the file only, and what is wrong in it is named', () => {
  const { settings } = read({}, { CUMULET_IDENTITY: 'x' }, '[identity.security_compliance]\nlockout_duration = 5\n');
  expect(settings.identity.security_compliance).toMatchObject({ lockout_duration: 5, unique_last_password_count: 0 });
  const wrong = (line: string) => () => read({}, {}, `[identity.security_compliance]\n${line}\n`);
  expect(wrong('lockout_duration = 0')).toThrow('identity.security_compliance.lockout_duration');
  expect(wrong('password_regex = "("')).toThrow('as a regular expression');
  const provider = (id: string) =>
    `[[identity.oidc]]\nid = "${id}"\nissuer = "https://login.example"\nclient_id = "cumulet"\n`;
  expect(() => read({}, {}, provider('acme') + provider('acme'))).toThrow('each needs an id of its own');
  expect(() => read({}, {}, provider('acme') + provider('other'))).toThrow('each needs an issuer of its own');
});
