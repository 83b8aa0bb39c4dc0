import { UserError } from '../../../app/contract/errors.ts';

export interface Folder {
  name: string;
  /** Generated name of the plain hierarchy: eight capital letters and digits at most. */
  shortName: string;
  parent: Folder | null;
  children: Node[];
}

export interface File {
  name: string;
  shortName: string;
  content: Uint8Array;
}

export type Node = Folder | File;

/** Joliet's limit in UCS-2 characters. */
const NAME_LENGTH = 64;
const FORBIDDEN = /[*/:;?\\\p{Cc}]/u;

/** Turns paths into a tree. A path that could mean anything but a file in the drive is refused. */
export function buildTree(files: ReadonlyMap<string, Uint8Array>): Folder {
  const root: Folder = { name: '', shortName: '', parent: null, children: [] };
  for (const [path, content] of files) {
    const names = path.split('/');
    for (const name of names) requireName(name, path);
    const last = names.pop() ?? '';
    let folder = root;
    for (const name of names) folder = enter(folder, name, path);
    if (folder.children.some((child) => child.name === last)) throw refuse(path, 'stands twice');
    folder.children.push({ name: last, shortName: shortName('F', folder), content });
  }
  return root;
}

function enter(parent: Folder, name: string, path: string): Folder {
  const found = parent.children.find((child) => child.name === name);
  if (found !== undefined) {
    if ('children' in found) return found;
    throw refuse(path, 'is a file and a folder');
  }
  const folder: Folder = { name, shortName: shortName('D', parent), parent, children: [] };
  parent.children.push(folder);
  return folder;
}

function shortName(letter: string, parent: Folder): string {
  return `${letter}${String(parent.children.length).padStart(7, '0')}`;
}

function requireName(name: string, path: string): void {
  if (name === '' || name === '.' || name === '..') throw refuse(path, 'has an empty or relative part');
  if (name.length > NAME_LENGTH) throw refuse(path, `has a part longer than ${NAME_LENGTH} characters`);
  if (FORBIDDEN.test(name)) throw refuse(path, 'has a character that may not stand in a name');
}

function refuse(path: string, why: string): UserError {
  return new UserError('bad_request', `The config drive path ${JSON.stringify(path)} ${why}.`, {
    field: 'configDrive',
  });
}
