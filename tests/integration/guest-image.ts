import { execFile } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { repository, type TestCloud } from '../cloud.ts';

const run = promisify(execFile);

/** Uploads the small Linux; building it again costs nothing when its inputs have not changed. */
export async function uploadGuest(cloud: TestCloud): Promise<string> {
  const folder = join(repository, '.cache', 'guest');
  await run('bash', [join(repository, 'guest', 'build.sh'), folder]);
  const image = { name: 'cumulet-linux', disk_format: 'qcow2', container_format: 'bare', visibility: 'public' };
  const { status, body } = await cloud.request('POST', '/image/v2/images', image);
  if (status !== 201) throw new Error(`Image: ${status} ${JSON.stringify(body)}`);
  const response = await fetch(`${cloud.url}/image/v2/images/${body.id}/file`, {
    method: 'PUT',
    headers: { 'x-auth-token': cloud.token, 'content-type': 'application/octet-stream' },
    body: await readFile(join(folder, 'cumulet-linux.qcow2')),
  });
  if (response.status !== 204) throw new Error(`Upload: ${response.status} ${await response.text()}`);
  return body.id;
}
