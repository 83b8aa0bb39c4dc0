import type { Healthy, StartupOrder, StartupView } from '../../app/contract/startup.ts';
import { t } from '../i18n/i18n.ts';
import type { Area } from '../i18n/texts.ts';

declare module '../i18n/texts.ts' {
  interface Texts {
    startup: Area<typeof import('../../assets/locales/en/startup.json')>;
  }
}

/** What is waited for: `to answer on 5432`. */
export function healthyText(healthy: Healthy): string {
  switch (healthy.kind) {
    case 'running':
      return t('startup:until.running');
    case 'guest-agent':
      return t('startup:until.guestAgent');
    case 'tcp':
      return t('startup:until.tcp', { port: healthy.port });
    case 'http':
      return t('startup:until.http', { port: healthy.port, path: healthy.path });
  }
}

/** `waiting for db to answer on 5432`. */
export function waitingText(waitsFor: { name: string; healthy: Healthy }): string {
  return t('startup:waiting', { name: waitsFor.name, until: healthyText(waitsFor.healthy) });
}

/** What a machine does when its host starts. */
export function choiceText(choice: StartupView['start'] | StartupOrder['default']): string {
  return choice === null ? t('startup:choice.default') : t(`startup:choice.${choice}`);
}
