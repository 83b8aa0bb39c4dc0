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
    const options = ['user', 'ipv6=off'];
    const forwards: Forward[] = [];
    if (fixedIp !== undefined) {
      const plan = planUserNetwork(fixedIp);
      options.push(`net=${plan.network}`, `host=${plan.host}`, `dhcpstart=${plan.guest}`);
      if (plan.nameserver !== null) options.push(`dns=${plan.nameserver}`);
      // Without a gateway nothing leads outside; what is forwarded still comes in.
      if (fixedIp.gatewayIp === null) options.push('restrict=on');
      if (context.isFirst) {
        const wanted = context.before.find((forward) => forward.guestPort === SSH_PORT)?.hostPort;
        const hostPort = await findFreePort(LOOPBACK, wanted);
        // Nobody else is in a namespace, and versions of pasta differ in the address they come to.
        const listenAt = context.isIsolated ? '' : LOOPBACK;
        options.push(`hostfwd=tcp:${listenAt}:${hostPort}-${plan.guest}:${SSH_PORT}`);
        forwards.push({ guestPort: SSH_PORT, hostAddress: LOOPBACK, hostPort });
      }
    }
    // The user-mode network itself carries 1500 bytes, so only smaller sizes need telling.
    const mtu = port.mtu >= 576 && port.mtu < 1500 ? port.mtu : null;
    return { netdev: options.join(','), mac: port.mac.toLowerCase(), mtu, forwards };
  }

  async unplug(): Promise<void> {
    // Everything lives inside the hypervisor process and ends with it.
  }
}
