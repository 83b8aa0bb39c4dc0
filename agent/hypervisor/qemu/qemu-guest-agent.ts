import { isIP } from 'node:net';
import { z } from 'zod';
import { UserError } from '../../../app/contract/errors.ts';
import { type GuestReport, type GuestSilence, silentGuest } from '../../../app/contract/guest.ts';
import type { GuestAgent } from '../guest-agent.ts';
import { type GuestAgentSession, GuestRefusal, GuestSilent, guestText } from './guest-agent-session.ts';
import { describeSilence } from './guest-silence.ts';
import type { QemuMachine } from './qemu-machine.ts';

/** Somebody waits for the answer, milliseconds. */
const REPORT_WITHIN_MS = 3_000;
const PASSWORD_WITHIN_MS = 15_000;

const MOST_NICS = 64;
const MOST_ADDRESSES = 32;
const MAC = /^[0-9a-f]{2}(:[0-9a-f]{2}){5}$/i;
const NO_MAC = '00:00:00:00:00:00';

const word = z.string().optional().catch(undefined);
const infoSchema = z.object({ version: word });
const hostNameSchema = z.object({ 'host-name': word });
const osSchema = z.object({ 'pretty-name': word, name: word, version: word, 'kernel-release': word });
const nicsSchema = z.array(z.unknown());
const nicSchema = z.object({
  name: z.string(),
  'hardware-address': word,
  'ip-addresses': z.array(z.unknown()).optional().catch(undefined),
});
const addressSchema = z.object({ 'ip-address': z.string() });

/** Guests of QEMU machines, by the port each may have. */
export function qemuGuestAgent(find: (id: string) => QemuMachine): GuestAgent {
  /** {@link GuestSilent} where there is nobody to speak with. */
  async function speak<T>(id: string, withinMs: number, talk: (session: GuestAgentSession) => Promise<T>): Promise<T> {
    const machine = find(id);
    if (machine.status().powerState !== 'RUNNING') throw new GuestSilent('off');
    if (machine.record.devices.guestAgentSlot === undefined) throw new GuestSilent('no-port');
    const live = await machine.running();
    if (live === null) throw new GuestSilent('off');
    return await live.guestAgent.speak(withinMs, talk);
  }

  const report = async (id: string): Promise<GuestReport> => {
    try {
      return await speak(id, REPORT_WITHIN_MS, reportOf);
    } catch (error) {
      if (error instanceof GuestSilent) return silentGuest(error.silence);
      throw error;
    }
  };
  /** Whoever asks meanwhile has the same answer: a guest that takes its time makes no line of them. */
  const reports = new Map<string, Promise<GuestReport>>();

  return {
    report: async (id) => {
      const asked = reports.get(id) ?? report(id).finally(() => reports.delete(id));
      reports.set(id, asked);
      return await asked;
    },
    setPassword: async (id, user, password) => {
      const encoded = Buffer.from(password).toString('base64');
      try {
        await speak(id, PASSWORD_WITHIN_MS, async (session) => {
          await session.ask('guest-set-user-password', { username: user, password: encoded, crypted: false });
        });
      } catch (error) {
        if (error instanceof GuestSilent) throw notChanged(error.silence);
        if (!(error instanceof GuestRefusal)) throw error;
        // What it says may be what it was told.
        const isTelling = [password, encoded].some((secret) => secret !== '' && error.message.includes(secret));
        const why = isTelling || error.message === '' ? 'It does not say why.' : `It says: ${error.message}`;
        const message = `The guest agent did not change the password of ${user}. ${why}`;
        throw new UserError('conflict', message, {
          hint: 'See that the user exists in the guest: the image property os_admin_user names it.',
        });
      }
    },
  };
}

function notChanged(silence: GuestSilence): UserError {
  const { message, hint } = describeSilence(silence);
  return new UserError('conflict', `The password was not changed: ${message}`, { hint });
}

async function reportOf(session: GuestAgentSession): Promise<GuestReport> {
  const info = await told(session, 'guest-info', infoSchema);
  const named = await told(session, 'guest-get-host-name', hostNameSchema);
  const os = await told(session, 'guest-get-osinfo', osSchema);
  const nics = await told(session, 'guest-network-get-interfaces', nicsSchema);
  return {
    answers: true,
    silence: null,
    agentVersion: shown(info?.version),
    hostName: shown(named?.['host-name']),
    os: os && {
      name: shown(os['pretty-name'] ?? os.name),
      version: shown(os.version),
      kernel: shown(os['kernel-release']),
    },
    nics: (nics ?? []).slice(0, MOST_NICS).flatMap(nicOf),
  };
}

/** Null where the agent does not know the question, may not answer it, or answers something else. */
async function told<T>(session: GuestAgentSession, command: string, schema: z.ZodType<T>): Promise<T | null> {
  try {
    return schema.safeParse(await session.ask(command)).data ?? null;
  } catch (error) {
    if (error instanceof GuestRefusal) return null;
    throw error;
  }
}

/** Nothing of what only leads back to the guest itself. */
function nicOf(value: unknown): GuestReport['nics'] {
  const { data: nic } = nicSchema.safeParse(value);
  if (nic === undefined) return [];
  const addresses = (nic['ip-addresses'] ?? []).slice(0, MOST_ADDRESSES).flatMap((each) => {
    const address = addressSchema.safeParse(each).data?.['ip-address'];
    return address !== undefined && isIP(address) !== 0 && !isLoopback(address) ? [address] : [];
  });
  const { 'hardware-address': told = '' } = nic;
  const mac = MAC.test(told) && told !== NO_MAC ? told.toLowerCase() : null;
  return mac === null && addresses.length === 0 ? [] : [{ name: guestText(nic.name), mac, addresses }];
}

function isLoopback(address: string): boolean {
  return address === '::1' || address.startsWith('127.');
}

function shown(text: string | undefined): string | null {
  return text === undefined ? null : guestText(text) || null;
}
