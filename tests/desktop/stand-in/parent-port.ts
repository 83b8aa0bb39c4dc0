import { EventEmitter } from 'node:events';

/** Loaded with `--import` into forked processes: gives them the `process.parentPort` of a utility process. */
class ParentPort extends EventEmitter {
  constructor() {
    super();
    process.on('message', (data) => this.emit('message', { data, ports: [] }));
    // A utility process dies with the desktop.
    process.on('disconnect', () => process.exit(1));
  }

  postMessage(message: object): void {
    process.send?.(message);
  }

  start(): void {}

  pause(): void {}
}

Object.defineProperty(process, 'parentPort', { value: new ParentPort() });
