import { type FSWatcher, statSync, watch } from 'node:fs';
import { basename, join } from 'node:path';

/** Notices that the data folder is not where it was: removed, moved, or its disk taken away. */
export class DataFolderWatch {
  /** Resolves once, when it is gone. */
  readonly gone: Promise<void>;
  readonly #watcher: FSWatcher;

  /** `file` lies in the folder as long as it is used. */
  constructor(dataDir: string, file: string) {
    const path = join(dataDir, file);
    const { ino, dev } = statSync(path);
    const { promise, resolve } = Promise.withResolvers<void>();
    this.gone = promise;
    this.#watcher = watch(dataDir, { persistent: false }, (event, name) => {
      // Of the file itself, or of the folder, whose own name is told then. What is written in it is none of these.
      if (event !== 'rename' || (name !== null && name !== file && name !== basename(dataDir))) return;
      const now = statSync(path, { throwIfNoEntry: false });
      if (now?.ino !== ino || now.dev !== dev) resolve();
    });
    this.#watcher.on('error', () => undefined);
  }

  close(): void {
    this.#watcher.close();
  }
}
