import { pause } from './pause.verb.ts';
import { reboot } from './reboot.verb.ts';
import { resume } from './resume.verb.ts';
import { start } from './start.verb.ts';
import { stop } from './stop.verb.ts';
import { suspend } from './suspend.verb.ts';
import { unpause } from './unpause.verb.ts';
import type { Verb } from './verb.ts';

export const VERBS: readonly Verb[] = [start, stop, reboot, pause, unpause, suspend, resume];
