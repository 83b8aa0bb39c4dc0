import { randomUUID } from 'node:crypto';
import { cheapHasher } from '../../app/identity/testing/cheap-hash.ts';
import { openDatabase, signIn, type TestCloud } from '../cloud.ts';
import { ComputeClient } from './compute-client.ts';

export interface Tenant {
  token: string;
  projectId: string;
  compute: ComputeClient;
}

/** A project with one ordinary member, written straight into the database: the API for it is another story. */
export async function addTenant(cloud: TestCloud, name: string): Promise<Tenant> {
  const newId = () => randomUUID().replaceAll('-', '');
  const [projectId, userId] = [newId(), newId()];
  const password = `password of ${name}`;
  const hash = await cheapHasher.hash(password);
  const now = new Date().toISOString();
  const database = await openDatabase(cloud.dataDir);
  try {
    await database.transaction(async (trx) => {
      const shared = { domain_id: 'default', name, enabled: 1, created_at: now };
      const project = { ...shared, id: projectId, parent_id: 'default', is_domain: 0 };
      await trx.insertInto('identity_project').values(project).execute();
      await trx
        .insertInto('identity_user')
        .values({ ...shared, id: userId, password_hash: hash })
        .execute();
      const role = await trx
        .selectFrom('identity_role')
        .select('id')
        .where('name', '=', 'member')
        .executeTakeFirstOrThrow();
      await trx
        .insertInto('identity_assignment')
        .values({ user_id: userId, project_id: projectId, role_id: role.id, inherited: 0 })
        .execute();
    });
  } finally {
    await database.close();
  }
  const token = await signIn(cloud.url, password, name, name);
  const request: TestCloud['request'] = (method, path, body, headers = {}) =>
    cloud.request(method, path, body, { ...headers, 'x-auth-token': token });
  return { token, projectId, compute: new ComputeClient({ request }) };
}
