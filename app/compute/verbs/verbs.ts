import { rules } from '../../policy/base.policy.ts';
import type { RuleDefault } from '../../policy/policy.service.ts';
import { changePassword } from './change-password.verb.ts';
import { confirmResize } from './confirm-resize.verb.ts';
import { createBackup } from './create-backup.verb.ts';
import { createImage } from './create-image.verb.ts';
import { addFixedIp, removeFixedIp } from './fixed-ip.verbs.ts';
import { injectNetworkInfo } from './inject-network-info.verb.ts';
import { lock } from './lock.verb.ts';
import { pause } from './pause.verb.ts';
import { reboot } from './reboot.verb.ts';
import { rebuild } from './rebuild.verb.ts';
import { rescue } from './rescue.verb.ts';
import { resetState } from './reset-state.verb.ts';
import { resize } from './resize.verb.ts';
import { restore } from './restore.verb.ts';
import { resume } from './resume.verb.ts';
import { revertResize } from './revert-resize.verb.ts';
import { shelve } from './shelve.verb.ts';
import { shelveOffload } from './shelve-offload.verb.ts';
import { start } from './start.verb.ts';
import { stop } from './stop.verb.ts';
import { suspend } from './suspend.verb.ts';
import { triggerCrashDump } from './trigger-crash-dump.verb.ts';
import { unlock } from './unlock.verb.ts';
import { unpause } from './unpause.verb.ts';
import { unrescue } from './unrescue.verb.ts';
import { UNSHELVE_RULES, unshelve } from './unshelve.verb.ts';
import type { Verb } from './verb.ts';

/** In the order of menus. */
export const VERBS: readonly Verb[] = [
  ...[start, stop, reboot],
  ...[pause, unpause, suspend, resume, shelve, shelveOffload, unshelve],
  ...[createImage, createBackup],
  ...[triggerCrashDump, rescue, unrescue, rebuild],
  ...[resize, confirmResize, revertResize],
  ...[restore, changePassword, lock, unlock, resetState, injectNetworkInfo, addFixedIp, removeFixedIp],
];

export const VERB_RULES: readonly RuleDefault[] = [
  ...VERBS.flatMap(({ who, rule }) => rules(who, [rule])),
  ...UNSHELVE_RULES,
];
