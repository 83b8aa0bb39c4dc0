import { setFlagsFromString } from 'node:v8';

// Before anything is loaded. V8 lets the room for new objects grow to many times its size while a program loads, and
// never gives it back: it stays as it is. A flag on the command line would miss the desktop's processes.
setFlagsFromString('--semi-space-growth-factor=1');

const { runCommandLine } = await import('./command-line.ts');
await runCommandLine(import.meta.filename);
