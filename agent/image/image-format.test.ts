import { describe, expect, test } from 'vitest';
import { buildIso } from '../hypervisor/config-drive/iso9660.ts';
import { buildQcow2Head } from '../testing/qcow2-head.ts';
import { findFormatFault } from './image-format.ts';

describe('findFormatFault', () => {
  test.each([
    ['a plain qcow2', {}, null],
    ['a backing file', { backingFile: '/etc/shadow' }, 'It refers to a backing file.'],
    ['an external data file', { dataFile: 'x' }, 'It keeps its data in another file.'],
    ['encryption', { encryption: 2 }, 'It is encrypted.'],
    ['a corrupt mark', { features: 2n }, 'It is marked as corrupt.'],
    ['an unknown feature', { features: 32n }, 'It needs qcow2 features this host does not know (0x20).'],
    ['a version to come', { version: 9 }, 'Its qcow2 header is cut off or of an unknown version.'],
  ])('qcow2: %s', (_name, options, fault) => {
    expect(findFormatFault('qcow2', buildQcow2Head(options))).toBe(fault);
  });

  test('what is declared qcow2 must be one', () => {
    expect(findFormatFault('qcow2', Buffer.alloc(512))).toBe('It is declared qcow2 but does not begin as one.');
  });

  test.each([
    ['qcow2', buildQcow2Head({})],
    ['VMDK', Buffer.from('KDMV\x01\0\0\0')],
    ['VMDK descriptor', Buffer.from('# Disk DescriptorFile\nversion=1\n')],
    ['VHDX', Buffer.from('vhdxfile....')],
    ['VHD', Buffer.from('conectix....')],
    ['QED', Buffer.from('QED\0....')],
    ['VDI', Buffer.concat([Buffer.alloc(0x40), Buffer.from([0x7f, 0x10, 0xda, 0xbe])])],
  ])('raw must not be a %s file', (name, head) => {
    expect(findFormatFault('raw', head)).toBe(`It is declared raw but is a ${name} file.`);
  });

  test('raw may be anything else', () => {
    const bootSector = Buffer.alloc(512);
    bootSector.writeUInt16LE(0xaa55, 510);
    expect(findFormatFault('raw', bootSector)).toBeNull();
    expect(findFormatFault('raw', Buffer.alloc(0))).toBeNull();
  });

  test('iso', () => {
    const image = buildIso('test', new Map([['a', Buffer.from('b')]]), new Date(0));
    expect(findFormatFault('iso', image)).toBeNull();
    expect(findFormatFault('iso', Buffer.alloc(65536))).toBe('It is not an ISO 9660 image.');
  });
});
