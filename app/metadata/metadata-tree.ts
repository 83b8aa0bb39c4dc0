import { posix } from 'node:path';
import { EC2_VERSIONS, ec2Tree, readEc2 } from './ec2-tree.ts';
import type { GuestFacts, VendorSource } from './guest-facts.ts';
import { CONTENT, contentName, OPENSTACK_VERSIONS, openstackFiles, PASSWORD } from './openstack-tree.ts';

export interface Found {
  type: 'text/plain' | 'application/json';
  body: Buffer;
}

/** What the service tells at a path; `password` where that is what stands there. Undefined: nothing does. */
export async function lookUp(
  facts: GuestFacts,
  vendor: VendorSource,
  path: string,
): Promise<Found | 'password' | undefined> {
  const [first = '', ...rest] = segmentsOf(path);
  if (first === 'openstack') return await lookUpOpenstack(facts, vendor, rest);
  const [version = '', ...names] = first === 'ec2' ? rest : [first, ...rest];
  if (version === '') return text([...EC2_VERSIONS, 'latest'].join('\n'));
  const tree = ec2Tree(facts, version);
  const body = tree && readEc2(tree, names);
  return body && { type: 'text/plain', body };
}

async function lookUpOpenstack(facts: GuestFacts, vendor: VendorSource, path: readonly string[]) {
  const [version, name, ...more] = path;
  if (version === undefined) return text([...OPENSTACK_VERSIONS, 'latest'].join('\n'));
  if (version === CONTENT) {
    const file = more.length > 0 ? undefined : facts.files.find((_, index) => contentName(index) === name);
    return file && { type: 'text/plain' as const, body: Buffer.from(file.contents, 'base64') };
  }
  const files = openstackFiles(facts, vendor, version);
  if (!files || more.length > 0) return undefined;
  if (name === undefined) return text([...files.keys()].join('\n'));
  if (name === PASSWORD && files.has(name)) return 'password';
  const content = await files.get(name)?.();
  if (content === undefined) return undefined;
  if (Buffer.isBuffer(content)) return { type: 'text/plain' as const, body: content };
  return { type: 'application/json' as const, body: Buffer.from(JSON.stringify(content)) };
}

/** Of the path alone, without empty ones and dots. */
function segmentsOf(path: string): string[] {
  const [bare = ''] = path.split('?');
  let decoded: string;
  try {
    decoded = decodeURIComponent(bare);
  } catch {
    decoded = bare;
  }
  return posix
    .normalize(`/${decoded}`)
    .split('/')
    .filter((segment) => segment !== '');
}

function text(body: string): Found {
  return { type: 'text/plain', body: Buffer.from(body) };
}
