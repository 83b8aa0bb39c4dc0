import { isIPv4 } from 'node:net';
import { UserError } from '../../../app/contract/errors.ts';
import type { MachinePort } from '../../../app/contract/machine.ts';
import type { Forward, NetworkDriver, NetworkPlug } from '../driver.ts';
import { findFreePort } from './free-port.ts';
import { planUserNetwork } from './user-network.plan.ts';

const MAC = /^[0-9a-f]{2}(:[0-9a-f]{2}){5}$/i;
const SSH_PORT = 22;
const LOOPBACK = '127.0.0.1';

/**
 * QEMU's user-mode network: needs no rights. Each port has a small network of its own, with the addresses of the
 * subnet it belongs to, so machines do not see each other; the way in is a forwarded SSH port on the host's loopback.
 */
export class UserNetworkDriver implements NetworkDriver {
  readonly name = 'user';

  async plug(
    port: MachinePort,
    context: { before: readonly Forward[]; isFirst: boolean; isIsolated: boolean },
  ): Promise<NetworkPlug> {
    if (!MAC.test(port.mac)) throw new UserError('bad_request', `The port's MAC address is not one.`, { field: 'mac' });
    const fixedIp = port.fixedIps.find(({ ipAddress }) => isIPv4(ipAddress));
    return {
      kind: 'user',
      port: port.id,
      mac: port.mac.toLowerCase(),
      // The user-mode network itself carries 1500 bytes, so only smaller sizes need telling.
      mtu: port.mtu >= 576 && port.mtu < 1500 ? port.mtu : null,
      addresses: fixedIp === undefined ? null : planUserNetwork(fixedIp),
      // Without a gateway nothing leads outside; what is forwarded still comes in.
      leadsOutside: fixedIp?.gatewayIp !== null,
      // Nobody else is in a namespace, and versions of pasta differ in the address they come to.
      listensAt: context.isIsolated ? null : LOOPBACK,
      forwards: fixedIp !== undefined && context.isFirst ? [await forwardSsh(context.before)] : [],
    };
  }

  async unplug(): Promise<void> {
    // Everything lives inside the hypervisor process and ends with it.
  }
}

async function forwardSsh(before: readonly Forward[]): Promise<Forward> {
  const wanted = before.find((forward) => forward.guestPort === SSH_PORT)?.hostPort;
  return { guestPort: SSH_PORT, hostAddress: LOOPBACK, hostPort: await findFreePort(LOOPBACK, wanted) };
}
