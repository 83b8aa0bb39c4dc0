import { keepYoungSpaceSmall } from './young-space.ts';

// Before anything else is loaded.
keepYoungSpaceSmall();
const { runCommandLine } = await import('./command-line.ts');
await runCommandLine(import.meta.filename);
