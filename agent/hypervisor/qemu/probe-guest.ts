/**
 * A boot sector that proves an accelerator: it enters 64-bit mode with paging, as every kernel does, asks CPUID, uses
 * the stack, a locked instruction and SSE, counts down from 10^8 and writes to QEMU's isa-debug-exit port. A host whose
 * KVM cannot run guest kernels natively fails on one of the instructions or does not finish the count in time.
 *
 * Its source, for `as --64` and `ld -Ttext 0x7c00 --oformat binary`:
 *
 *   .code16
 *   .globl _start
 *   _start:
 *     cli
 *     xorw %ax,%ax
 *     movw %ax,%ds
 *     movw %ax,%es
 *     movw %ax,%ss
 *     movw $0x7c00,%sp
 *     # page tables at 0x1000 (PML4), 0x2000 (PDPT), 0x3000 (PD with one 2 MiB page)
 *     movw $0x1000,%di
 *     movw $0x1800,%cx
 *     cld
 *     rep stosw
 *     movl $0x2003,0x1000
 *     movl $0x3003,0x2000
 *     movl $0x0083,0x3000
 *     # CR4: PAE | OSFXSR
 *     movl %cr4,%eax
 *     orl $0x220,%eax
 *     movl %eax,%cr4
 *     movl $0x1000,%eax
 *     movl %eax,%cr3
 *     movl $0xc0000080,%ecx
 *     rdmsr
 *     orl $0x100,%eax
 *     wrmsr
 *     lgdtl gdtr
 *     movl %cr0,%eax
 *     orl $0x80000001,%eax
 *     movl %eax,%cr0
 *     ljmpl $8,$long_mode
 *   .code64
 *   long_mode:
 *     xorl %eax,%eax
 *     cpuid
 *     # a function call, memory traffic and an SSE instruction as a kernel makes them
 *     movl $0x10000,%esp
 *     call work
 *     # many cheap instructions: native in milliseconds, minutes where ring 0 is emulated one by one
 *     movl $100000000,%ecx
 *   1: decl %ecx
 *     jnz 1b
 *     movb $0x21,%al
 *     outb %al,$0xf4
 *   2: hlt
 *     jmp 2b
 *   work:
 *     movl $0x4000,%edi
 *     movl $512,%ecx
 *     xorl %eax,%eax
 *     rep stosq
 *     movl $1,%ebx
 *     lock cmpxchg %rbx,0x4000
 *     movd %ebx,%xmm0
 *     movq %xmm0,0x4008
 *     ret
 *   .balign 8
 *   gdt:
 *     .quad 0
 *     .quad 0x00209a0000000000
 *   gdtr:
 *     .word 15
 *     .long gdt
 *   .org 510
 *     .word 0xaa55
 */
const CODE =
  'fa31c08ed88ec08ed0bc007cbf0010b90018fcf3ab66c70600100320000066c70600200330000066c7060030830000000f20' +
  'e0660d200200000f22e066b8001000000f22d866b9800000c00f32660d000100000f30660f0116d07c0f20c0660d01000080' +
  '0f22c066ea6f7c0000080031c00fa2bc00000100e810000000b900e1f505ffc975fcb021e6f4f4ebfdbf00400000b9000200' +
  '0031c0f348abbb01000000f0480fb11c2500400000660f6ec3660fd6042508400000c30f1f80000000000000000000000000' +
  '00000000009a20000f00c07c';

const SECTOR_BYTES = 512;

/** The disk the probe boots from. */
export const PROBE_GUEST: Uint8Array = buildBootSector();

/** isa-debug-exit ends QEMU with (value << 1) | 1; the guest writes 0x21. */
export const PROBE_EXIT_STATUS = (0x21 << 1) | 1;

function buildBootSector(): Uint8Array {
  const sector = Buffer.alloc(SECTOR_BYTES);
  sector.write(CODE, 'hex');
  sector.writeUInt16LE(0xaa55, SECTOR_BYTES - 2);
  return sector;
}
