import { Duplex } from 'node:stream';

const KEPT_BYTES = 64 * 1024;

/** A serial line behind which nobody is: it greets, and echoes what is typed. */
export class SimulatedSerialLine {
  private readonly id: string;
  private readonly viewers = new Set<Duplex>();
  private output = Buffer.alloc(0);

  constructor(id: string) {
    this.id = id;
  }

  greet(name: string): void {
    // A name is data: what could drive a terminal is left out.
    const shown = name.replace(/\p{Cc}/gu, '');
    this.print(
      `\r\nSimulated machine ${this.id} (${shown})\r\nNothing runs in it: what is typed comes back.\r\nsimulated login: `,
    );
  }

  kept(): Buffer {
    return this.output;
  }

  openViewer(): Duplex {
    const viewer = new Duplex({
      read: () => undefined,
      write: (chunk: Buffer, _encoding, done) => {
        this.print(chunk.toString('latin1').replaceAll('\r', '\r\nsimulated login: '));
        done();
      },
      final: (done) => {
        done();
        viewer.destroy();
      },
      destroy: (error, done) => {
        this.viewers.delete(viewer);
        done(error);
      },
    });
    viewer.push(this.output.length > 0 ? this.output : '');
    this.viewers.add(viewer);
    return viewer;
  }

  close(): void {
    for (const viewer of this.viewers) viewer.destroy();
  }

  print(text: string): void {
    const bytes = Buffer.from(text, 'utf8');
    this.output = Buffer.concat([this.output, bytes]).subarray(-KEPT_BYTES);
    for (const viewer of this.viewers) viewer.push(bytes);
  }
}
