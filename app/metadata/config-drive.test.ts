import { expect, test } from 'vitest';
import { configDriveFiles } from './config-drive.ts';
import { BARE, FACTS, NO_VENDOR, VENDOR } from './testing/guest-facts.fixture.ts';

function readable(files: Record<string, string>): string {
  return Object.entries(files)
    .map(([path, content]) => {
      const text = Buffer.from(content, 'base64').toString();
      return `==> ${path}\n${path.endsWith('.json') ? JSON.stringify(JSON.parse(text), null, 2) : text}`;
    })
    .join('\n\n');
}

test('all there is to tell', async () => {
  await expect(readable(await configDriveFiles(FACTS, VENDOR, 'secret'))).toMatchFileSnapshot('golden/everything.txt');
});

test('a certificate is a key of another type', async () => {
  const publicKey = '-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n';
  const files = await configDriveFiles({ ...FACTS, key: { name: 'windows', publicKey } }, NO_VENDOR, null);
  const latest = JSON.parse(Buffer.from(files['openstack/latest/meta_data.json'] ?? '', 'base64').toString());
  expect(latest.keys).toEqual([{ name: 'windows', type: 'x509', data: publicKey }]);
});

test('as little as possible', async () => {
  await expect(readable(await configDriveFiles(BARE, NO_VENDOR, null))).toMatchFileSnapshot('golden/nothing.txt');
});
