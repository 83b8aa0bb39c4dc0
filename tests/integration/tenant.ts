import { randomUUID } from 'node:crypto';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { cheapHasher } from '../../app/identity/testing/cheap-hash.ts';
import { signIn, type TestCloud } from '../cloud.ts';
import { ComputeClient } from './compute-client.ts';

export interface Tenant {
  token: string;
  projectId: string;
  compute: ComputeClient;
}

/** A project with one ordinary member, written straight into the database: the API for it is another story. */
export async function addTenant(cloud: TestCloud, name: string): Promise<Tenant> {
  const [projectId, userId] = [randomUUID(), randomUUID()].map((id) => id.replaceAll('-', ''));
  const password = `password of ${name}`;
  const hash = await cheapHasher.hash(password);
  const now = new Date().toISOString();
  const database = new DatabaseSync(join(cloud.dataDir, 'cumulet.db'), { timeout: 5000 });
  try {
    const insert = (table: string, row: Record<string, string | number | null>) => {
      const columns = Object.keys(row);
      const places = columns.map(() => '?').join(', ');
      database.prepare(`INSERT INTO ${table} (${columns.join(', ')}) VALUES (${places})`).run(...Object.values(row));
    };
    const shared = { domain_id: 'default', name, enabled: 1, created_at: now };
    insert('identity_project', { ...shared, id: projectId!, parent_id: 'default', is_domain: 0 });
    insert('identity_user', { ...shared, id: userId!, password_hash: hash });
    const role = database.prepare("SELECT id FROM identity_role WHERE name = 'member'").get();
    insert('identity_assignment', {
      user_id: userId!,
      project_id: projectId!,
      role_id: String(role?.id),
      inherited: 0,
    });
  } finally {
    database.close();
  }
  const token = await signIn(cloud.url, password, name, name);
  const request: TestCloud['request'] = (method, path, body, headers = {}) =>
    cloud.request(method, path, body, { ...headers, 'x-auth-token': token });
  return { token, projectId: projectId!, compute: new ComputeClient({ request }) };
}
