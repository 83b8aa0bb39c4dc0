// Lists of 10,000 things and pages of 100 of them as each of OpenStack's APIs has them, beside the same rows read by a bare
// query and written as JSON, which is what the database and the answer cost in any case.
import { randomUUID } from 'node:crypto';
import { join } from 'node:path';
import { DatabaseSync, type SQLInputValue } from 'node:sqlite';
import { FaultCloud } from '../tests/faults/fault-cloud.ts';
import { report } from './figure.ts';
import { HttpClient } from './http-client.ts';
import { Samples } from './samples.ts';

const THINGS = 10_000;
const PAGE = 100;

/** `path` answers at most `most` at once. */
const DIALECTS = [
  { api: 'Keystone', table: 'identity_region', path: '/identity/v3/regions', most: THINGS, pages: false },
  { api: 'Keystone', table: 'identity_user', path: '/identity/v3/users', most: THINGS, pages: true },
  { api: 'Nova', table: 'compute_flavor', path: '/compute/v2.1/flavors/detail', most: 1000, pages: true },
  { api: 'Glance', table: 'image_image', path: '/image/v2/images', most: 1000, pages: true },
  { api: 'Neutron', table: 'network_network', path: '/network/v2.0/networks', most: THINGS, pages: true },
] as const;

const cloud = await FaultCloud.create();
try {
  await cloud.startController();
  await cloud.createImage({ name: 'first', disk_format: 'raw' });
  await cloud.request('POST', '/identity/v3/regions', { region: { id: 'first' } });
  const database = new DatabaseSync(join(cloud.dataDir, 'cumulet.db'), { timeout: 10_000 });
  for (const table of new Set(DIALECTS.map(({ table }) => table))) multiply(database, table);
  const client = new HttpClient(cloud.url, { 'x-auth-token': cloud.token });
  for (const { api, table, path, most, pages } of DIALECTS) {
    const thing = path.split('/')[3];
    for (const count of pages ? [most, PAGE] : [most]) {
      const query = count === THINGS ? '' : `?limit=${count}`;
      const ours = await Samples.take(10, () => client.send('GET', path + query), 2);
      const statement = database.prepare(`SELECT * FROM ${table} ORDER BY id LIMIT ${count}`);
      const bare = await Samples.take(10, async () => JSON.stringify(statement.all()), 2);
      report({
        figure: `${api}: ${count} ${thing}`,
        value: ours.median,
        unit: 'ms',
        peer: 'a bare query',
        peerValue: bare.median,
      });
    }
  }
  database.close();
  client.close();
} finally {
  await cloud.destroy();
}

/** Copies of the row that is there, with ids and names of their own. */
function multiply(database: DatabaseSync, table: string): void {
  const row = database.prepare(`SELECT * FROM ${table} LIMIT 1`).get() as Record<string, SQLInputValue>;
  const columns = Object.keys(row);
  const insert = database.prepare(
    `INSERT INTO ${table} (${columns.join(', ')}) VALUES (${columns.map(() => '?').join(', ')})`,
  );
  database.exec('BEGIN');
  for (let index = 1; index < THINGS; index++) {
    const own: Record<string, SQLInputValue> = { ...row, id: randomUUID() };
    if ('name' in row) own.name = `copy-${String(index).padStart(5, '0')}`;
    insert.run(...columns.map((column) => own[column] ?? null));
  }
  database.exec('COMMIT');
}
