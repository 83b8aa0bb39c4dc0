import {
  type Icon,
  IconLock,
  IconLockOpen,
  IconMoon,
  IconPlayerPause,
  IconPlayerPlay,
  IconPlayerTrackNext,
  IconPlugOff,
  IconPower,
  IconRefresh,
  IconRefreshAlert,
  IconSunrise,
  IconTrashOff,
} from '@tabler/icons-react';

/** By the names of offers; others have a bolt. */
export const VERB_ICONS: Readonly<Record<string, Icon>> = {
  start: IconPlayerPlay,
  'shut-down': IconPower,
  'force-off': IconPlugOff,
  reboot: IconRefresh,
  'hard-reboot': IconRefreshAlert,
  pause: IconPlayerPause,
  unpause: IconPlayerTrackNext,
  suspend: IconMoon,
  resume: IconSunrise,
  lock: IconLock,
  unlock: IconLockOpen,
  restore: IconTrashOff,
};
