import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { buildQcow2Head } from '../testing/qcow2-head.ts';
import { readQcow2Header } from './qcow2-header.ts';

describe('readQcow2Header', () => {
  test('reads what a plain image says', () => {
    expect(readQcow2Header(buildQcow2Head({ virtualSize: 10n * 2n ** 30n }))).toEqual({
      version: 3,
      virtualSize: 10n * 2n ** 30n,
      hasBackingFile: false,
      hasExternalDataFile: false,
      isEncrypted: false,
      isMarkedCorrupt: false,
      unknownFeatures: 0n,
    });
  });

  test('finds a backing file', () => {
    expect(readQcow2Header(buildQcow2Head({ backingFile: '/etc/passwd' }))?.hasBackingFile).toBe(true);
  });

  test('finds an external data file, by its feature bit or by its name alone', () => {
    expect(readQcow2Header(buildQcow2Head({ features: 1n << 2n }))?.hasExternalDataFile).toBe(true);
    expect(readQcow2Header(buildQcow2Head({ dataFile: '/dev/sda' }))?.hasExternalDataFile).toBe(true);
    // Behind another extension, with padding between them.
    const second = buildQcow2Head({ extensions: [[0x6803f857, Buffer.from('abc')]], dataFile: 'x' });
    expect(readQcow2Header(second)?.hasExternalDataFile).toBe(true);
  });

  test('names the features it does not know', () => {
    expect(readQcow2Header(buildQcow2Head({ features: (1n << 60n) | 1n }))?.unknownFeatures).toBe(1n << 60n);
  });

  test('a version 2 header has no features to read', () => {
    const head = buildQcow2Head({ version: 2, virtualSize: 512n });
    expect(readQcow2Header(head)).toMatchObject({ version: 2, virtualSize: 512n, unknownFeatures: 0n });
  });

  test('other versions and cut-off headers are none', () => {
    expect(readQcow2Header(buildQcow2Head({ version: 4 }))).toBeNull();
    expect(readQcow2Header(buildQcow2Head({}).subarray(0, 80))).toBeNull();
    expect(readQcow2Header(Buffer.alloc(0))).toBeNull();
  });

  test('no bytes make it throw or read for ever', () => {
    const noise = fc
      .uint8Array({ maxLength: 600 })
      .map((bytes) => Buffer.concat([Buffer.from('QFI\xfb', 'latin1'), bytes]));
    fc.assert(
      fc.property(noise, (head) => {
        const header = readQcow2Header(head);
        expect(header === null || header.version === 2 || header.version === 3).toBe(true);
      }),
    );
  });
});
