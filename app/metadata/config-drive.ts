import { ec2Json } from './ec2-tree.ts';
import type { GuestFacts, VendorSource } from './guest-facts.ts';
import { CONTENT, contentName, openstackFiles, PASSWORD } from './openstack-tree.ts';

/** Versions written beside `latest`: cloud-init takes the newest it knows, older readers the oldest. */
const VERSIONS = ['2012-08-10', '2018-08-27', 'latest'] as const;

/**
 * The files of the config drive by path, base64: `openstack/<version>/...` and `ec2/latest/...` in Nova's layout. What the
 * metadata service tells, as it is now, and the administrator's password, which it does not.
 */
export async function configDriveFiles(
  facts: GuestFacts,
  vendor: VendorSource,
  adminPass: string | null,
): Promise<Record<string, string>> {
  const files: Record<string, string> = {};
  const put = (path: string, content: unknown) => {
    files[path] = (Buffer.isBuffer(content) ? content : Buffer.from(JSON.stringify(content))).toString('base64');
  };
  for (const version of VERSIONS) {
    for (const [name, read] of openstackFiles(facts, vendor, version) ?? []) {
      if (name === PASSWORD) continue;
      const content = await read();
      const isMetaData = name === 'meta_data.json' && adminPass !== null;
      put(`openstack/${version}/${name}`, isMetaData ? Object.assign({}, content, { admin_pass: adminPass }) : content);
    }
  }
  for (const [index, { contents }] of facts.files.entries()) {
    put(`openstack/${CONTENT}/${contentName(index)}`, Buffer.from(contents, 'base64'));
  }
  put('ec2/latest/meta-data.json', ec2Json(facts));
  if (facts.userData !== null) put('ec2/latest/user-data', Buffer.from(facts.userData, 'base64'));
  return files;
}
