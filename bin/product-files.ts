import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { UnexpectedError } from '../app/contract/errors.ts';

/** Files of the product that are read or run from disk, wherever this code runs: sources, bundle, or packed app. */
export interface ProductFiles {
  dashboardDir: string;
  guestBuilder: string;
  imageCatalog: string;
  metadefs: string;
}

export function findProductFiles(startDir = import.meta.dirname): ProductFiles {
  const root = findRoot(startDir);
  // Programs cannot be run out of the packed archive; electron-builder lays them beside it.
  const unpacked = root.replace(/app\.asar$/, 'app.asar.unpacked');
  return {
    dashboardDir: join(root, 'dist', 'dashboard'),
    guestBuilder: join(unpacked, 'guest', 'build.sh'),
    imageCatalog: join(root, 'assets', 'image-catalog.json'),
    metadefs: join(root, 'assets', 'metadefs.json'),
  };
}

function findRoot(startDir: string): string {
  for (let folder = startDir; folder !== dirname(folder); folder = dirname(folder)) {
    const manifest = join(folder, 'package.json');
    if (existsSync(manifest) && JSON.parse(readFileSync(manifest, 'utf8')).name === 'cumulet') return folder;
  }
  throw new UnexpectedError(`${startDir} is in no Cumulet.`);
}
