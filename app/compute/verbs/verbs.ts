import { rules } from '../../policy/base.policy.ts';
import type { RuleDefault } from '../../policy/policy.service.ts';
import { lock } from './lock.verb.ts';
import { pause } from './pause.verb.ts';
import { reboot } from './reboot.verb.ts';
import { resetState } from './reset-state.verb.ts';
import { resume } from './resume.verb.ts';
import { start } from './start.verb.ts';
import { stop } from './stop.verb.ts';
import { suspend } from './suspend.verb.ts';
import { unlock } from './unlock.verb.ts';
import { unpause } from './unpause.verb.ts';
import type { Verb } from './verb.ts';

/** In the order of menus. */
export const VERBS: readonly Verb[] = [
  ...[start, stop, reboot],
  ...[pause, unpause, suspend, resume],
  ...[lock, unlock, resetState],
];

export const VERB_RULES: readonly RuleDefault[] = VERBS.flatMap(({ who, rule }) => rules(who, [rule]));
