import { describe, expect, test } from 'vitest';
import type { MachineImage } from '../../app/contract/machine.ts';
import { buildIso } from '../hypervisor/config-drive/iso9660.ts';
import { buildQcow2Head } from '../testing/qcow2-head.ts';
import { findFormatFault } from './image-format.ts';

/** The fault of a file that has only a head, or a tail as well. */
const faultOf = (format: MachineImage['diskFormat'], head: Buffer, tail = Buffer.alloc(512)) =>
  findFormatFault(format, head, tail);

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
    expect(faultOf('qcow2', buildQcow2Head(options))).toBe(fault);
  });

  test('what is declared qcow2 must be one', () => {
    expect(faultOf('qcow2', Buffer.alloc(512))).toBe('It is declared qcow2 but does not begin as one.');
  });

  test.each([
    ['qcow2', buildQcow2Head({})],
    ['VMDK', Buffer.from('KDMV\x01\0\0\0')],
    ['VMDK', Buffer.from('# Disk DescriptorFile\nversion=1\n')],
    ['VMDK', Buffer.from('# anything\n \r\nversion=3\r\n')],
    ['VHDX', Buffer.from('vhdxfile....')],
    ['VHD', Buffer.from('conectix....')],
    ['QED', Buffer.from('QED\0....')],
    ['Parallels', Buffer.from('WithoutFreeSpace....')],
    ['Bochs', Buffer.from('Bochs Virtual HD Image')],
    ['cloop', Buffer.from('#!/bin/sh\n#V2.0 Format\nmodprobe cloop')],
    ['VDI', Buffer.concat([Buffer.alloc(0x40), Buffer.from([0x7f, 0x10, 0xda, 0xbe])])],
  ])('raw must not be a %s file', (name, head) => {
    expect(faultOf('raw', head)).toBe(`It is declared raw but is a ${name} file.`);
  });

  test('raw must not end as a VHD, nor an ISO begin as another file', () => {
    const footer = Buffer.alloc(512);
    footer.write('conectix');
    expect(faultOf('raw', Buffer.alloc(512), footer)).toBe('It is declared raw but is a VHD file.');
    const polyglot = Buffer.alloc(65_536);
    polyglot.write('QFI\xfb', 'latin1');
    polyglot.write('\x01CD001', 32_768, 'latin1');
    expect(faultOf('iso', polyglot)).toBe('It is declared iso but is a qcow2 file.');
  });

  test('raw may be anything else', () => {
    const bootSector = Buffer.alloc(512);
    bootSector.writeUInt16LE(0xaa55, 510);
    expect(faultOf('raw', bootSector)).toBeNull();
    expect(faultOf('raw', Buffer.alloc(0), Buffer.alloc(0))).toBeNull();
    expect(faultOf('raw', Buffer.from('#!/bin/sh\n# version=1\necho hello\n'))).toBeNull();
  });

  test('iso', () => {
    const image = buildIso('test', new Map([['a', Buffer.from('b')]]), new Date(0));
    expect(faultOf('iso', image)).toBeNull();
    expect(faultOf('iso', Buffer.alloc(65536))).toBe('It is not an ISO 9660 image.');
  });
});
