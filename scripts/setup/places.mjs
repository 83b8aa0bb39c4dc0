import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** The project's folder. */
export const root = fileURLToPath(new URL('../..', import.meta.url)).replace(/[\\/]$/, '');

/** A path inside the project. */
export const inRoot = (...parts) => join(root, ...parts);

/** The Node 24 that the project pins; what this file itself runs on may be older. */
export const pinnedNode = inRoot('node_modules', 'node', 'bin', process.platform === 'win32' ? 'node.exe' : 'node');

/** Compiled code is kept here between starts. */
export const compileCache = process.env.NODE_COMPILE_CACHE ?? inRoot('node_modules', '.cache', 'compile');

/** Environment for programs on the pinned Node. */
export const pinnedEnvironment = { ...process.env, NODE_COMPILE_CACHE: compileCache };

/** As in bin/young-space.ts, which says why. */
export const youngSpaceFlag = '--max-semi-space-size=4';
