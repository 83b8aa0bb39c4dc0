import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { Attribute, Change, Client } from 'ldapts';
import { until } from '../cloud.ts';
import { lastingPort } from './lasting-port.ts';

const run = promisify(execFile);
/** What Active Directory has and OpenLDAP's schemas have not, or not so that it can be searched by. */
const SCHEMA = `
attributetype ( 1.2.840.113556.1.4.2 NAME 'objectGUID' EQUALITY octetStringMatch
  SYNTAX 1.3.6.1.4.1.1466.115.121.1.40 SINGLE-VALUE )
attributetype ( 1.2.840.113556.1.4.8 NAME 'userAccountControl' EQUALITY integerMatch
  SYNTAX 1.3.6.1.4.1.1466.115.121.1.27 SINGLE-VALUE )
attributetype ( 1.3.6.1.4.1.4203.666.1.1 NAME 'accountOn' EQUALITY booleanMatch
  SYNTAX 1.3.6.1.4.1.1466.115.121.1.7 SINGLE-VALUE )
objectclass ( 1.3.6.1.4.1.4203.666.3.1 NAME 'testAccount' AUXILIARY MAY ( objectGUID $ userAccountControl $ accountOn ) )`;
const SLAPD = '/usr/sbin/slapd';
export const SUFFIX = 'dc=acme,dc=example';
export const BIND_DN = `cn=reader,${SUFFIX}`;
export const BIND_PASSWORD = 'reader-password';

/** An entry: its name below the suffix, and its attributes. */
export interface TestEntry {
  dn: string;
  attributes: Record<string, string | string[] | Buffer>;
}

export function person(uid: string, more: TestEntry['attributes'] = {}): TestEntry {
  return {
    dn: `uid=${uid},ou=people,${SUFFIX}`,
    attributes: {
      objectClass: ['inetOrgPerson', 'testAccount'],
      uid,
      cn: uid,
      sn: uid,
      userPassword: `${uid}-password`,
      ...more,
    },
  };
}

export function group(name: string, uids: string[]): TestEntry {
  return {
    dn: `cn=${name},ou=groups,${SUFFIX}`,
    attributes: { objectClass: 'groupOfNames', cn: name, member: uids.map((uid) => `uid=${uid},ou=people,${SUFFIX}`) },
  };
}

/** Debian's OpenLDAP server as a process of its own on loopback, with its data in a temporary folder. */
export class Slapd {
  readonly port: number;
  readonly securePort: number;
  readonly certificate: string;
  /** Changes the directory as its administrator. */
  readonly admin: Client;
  readonly #folder: string;
  #process: ChildProcess | undefined;

  private constructor(folder: string, port: number, securePort: number) {
    this.#folder = folder;
    this.port = port;
    this.securePort = securePort;
    this.certificate = join(folder, 'certificate.pem');
    this.admin = new Client({ url: this.url });
  }

  get url(): string {
    return `ldap://127.0.0.1:${this.port}`;
  }

  static async start(entries: readonly TestEntry[]): Promise<Slapd> {
    const folder = await mkdtemp(join(tmpdir(), 'cumulet-slapd-'));
    const slapd = new Slapd(folder, await lastingPort(), await lastingPort());
    await slapd.#prepare(entries);
    await slapd.run();
    return slapd;
  }

  async run(): Promise<void> {
    const urls = `${this.url} ldaps://127.0.0.1:${this.securePort}`;
    this.#process = spawn(SLAPD, ['-d', '0', '-f', join(this.#folder, 'slapd.conf'), '-h', urls], { stdio: 'ignore' });
    const child = this.#process;
    const endWithTests = () => child.kill('SIGKILL');
    process.once('exit', endWithTests);
    child.once('exit', () => process.off('exit', endWithTests));
    await until('slapd to answer', 60, async () => {
      if (child.exitCode !== null) throw new Error(`slapd ended with ${child.exitCode}`);
      return (await answers(this.port)) || undefined;
    });
    await this.admin.bind(`cn=admin,${SUFFIX}`, 'admin-password');
  }

  async stop(): Promise<void> {
    await this.admin.unbind();
    const child = this.#process;
    if (!child || child.exitCode !== null) return;
    const ended = new Promise((resolve) => child.once('exit', resolve));
    child.kill('SIGTERM');
    await ended;
  }

  async close(): Promise<void> {
    await this.stop();
    await rm(this.#folder, { recursive: true });
  }

  async add(entry: TestEntry): Promise<void> {
    const attributes = Object.entries(entry.attributes).map(
      ([type, value]) => new Attribute({ type, values: Buffer.isBuffer(value) ? [value] : [value].flat() }),
    );
    await this.admin.add(entry.dn, attributes);
  }

  /** Replaces one attribute; without values it goes. */
  async change(dn: string, type: string, values: string[]): Promise<void> {
    await this.admin.modify(dn, new Change({ operation: 'replace', modification: new Attribute({ type, values }) }));
  }

  async #prepare(entries: readonly TestEntry[]): Promise<void> {
    const at = (name: string) => join(this.#folder, name);
    await mkdir(at('data'));
    await run('openssl', [
      ...['req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes', '-days', '2'],
      ...['-subj', '/CN=localhost', '-addext', 'subjectAltName=DNS:localhost,IP:127.0.0.1'],
      ...['-keyout', at('key.pem'), '-out', this.certificate],
    ]);
    const schemas = ['core', 'cosine', 'inetorgperson', 'nis'].map((name) => `include /etc/ldap/schema/${name}.schema`);
    await writeFile(
      at('slapd.conf'),
      [
        ...schemas,
        SCHEMA,
        'modulepath /usr/lib/ldap',
        'moduleload back_mdb',
        `TLSCertificateFile ${this.certificate}`,
        `TLSCertificateKeyFile ${at('key.pem')}`,
        'sizelimit size.soft=500 size.hard=500 size.prtotal=unlimited',
        'database mdb',
        'maxsize 104857600',
        `suffix "${SUFFIX}"`,
        `rootdn "cn=admin,${SUFFIX}"`,
        'rootpw admin-password',
        `directory ${at('data')}`,
        'index objectClass,uid,member eq',
        'access to attrs=userPassword by anonymous auth by * none',
        'access to * by users read by anonymous auth by * none',
        '',
      ].join('\n'),
    );
    const base: TestEntry[] = [
      { dn: SUFFIX, attributes: { objectClass: ['dcObject', 'organization'], dc: 'acme', o: 'Acme' } },
      {
        dn: BIND_DN,
        attributes: {
          objectClass: ['organizationalRole', 'simpleSecurityObject'],
          cn: 'reader',
          userPassword: BIND_PASSWORD,
        },
      },
      { dn: `ou=people,${SUFFIX}`, attributes: { objectClass: 'organizationalUnit', ou: 'people' } },
      { dn: `ou=groups,${SUFFIX}`, attributes: { objectClass: 'organizationalUnit', ou: 'groups' } },
    ];
    await writeFile(at('entries.ldif'), [...base, ...entries].map(toLdif).join('\n'));
    await run('/usr/sbin/slapadd', ['-q', '-f', at('slapd.conf'), '-l', at('entries.ldif')]);
  }
}

function toLdif({ dn, attributes }: TestEntry): string {
  const line = (name: string, value: string | Buffer) => `${name}:: ${Buffer.from(value).toString('base64')}\n`;
  const values = Object.entries(attributes).flatMap(([name, value]) =>
    (Buffer.isBuffer(value) ? [value] : [value].flat()).map((one) => line(name, one)),
  );
  return line('dn', dn) + values.join('');
}

async function answers(port: number): Promise<boolean> {
  return await new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1', () => {
      socket.destroy();
      resolve(true);
    });
    socket.once('error', () => resolve(false));
  });
}
