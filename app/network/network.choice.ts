import type { Context } from '../contract/context.ts';
import { UserError } from '../contract/errors.ts';
import type { Queryable } from '../database/database.ts';
import type { NetworkRepository } from './network.repository.ts';
import { type Networks, networksFor } from './network.resource.ts';
import type { NetworkRecord, PortValues, SubnetRecord } from './network.tables.ts';
import type { PortService } from './port.service.ts';

interface Parts {
  repository: NetworkRepository;
  networks: Networks;
  ports: PortService;
}

/** What a machine can be plugged into, of what is asked for; `field` is named where it cannot. */
export class NetworkChoice {
  readonly #parts: Parts;

  constructor(parts: Parts) {
    this.#parts = parts;
  }

  /** A network with its subnets. */
  async usableNetwork(
    context: Context,
    id = '',
    query?: Queryable,
    field?: string,
  ): Promise<{ network: NetworkRecord; subnets: SubnetRecord[] }> {
    const network = await this.findNetwork(context, id, query);
    if (!network) throw new UserError('bad_request', `Network ${id} could not be found.`, { field });
    if (!network.admin_state_up) throw switchedOff('Network', id, field);
    const subnets = (await this.#parts.repository.subnets([id], query)).get(id);
    if (!subnets) {
      throw new UserError('bad_request', `Network ${id} requires a subnet in order to boot instances on.`, { field });
    }
    return { network, subnets };
  }

  /** One that the caller may use. */
  async findNetwork(context: Context, id: string, query?: Queryable): Promise<NetworkRecord | undefined> {
    return await this.#parts.networks.find(id, query, networksFor(context));
  }

  /** A port that no machine has. */
  async freePort(context: Context, id: string, query?: Queryable, field?: string): Promise<PortValues> {
    const port = await this.findPort(context, id, query);
    if (!port) throw new UserError('bad_request', `Port ${id} could not be found.`, { field });
    if (port.device_id !== '') throw new UserError('conflict', `Port ${id} is still in use.`, { field });
    if (!port.admin_state_up) throw switchedOff('Port', id, field);
    const { network_id } = port;
    const network = (await this.#parts.repository.networks([network_id], query)).get(network_id);
    if (!network?.admin_state_up) throw switchedOff('Network', network_id, field);
    return port;
  }

  /** One of the caller's project; administrators see all. */
  async findPort({ isAdmin, projectId }: Context, id: string, query?: Queryable): Promise<PortValues | undefined> {
    const scope = isAdmin ? {} : { is: { project_id: projectId ?? '' } };
    return await this.#parts.ports.records.find(id, query, scope);
  }
}

function switchedOff(what: 'Network' | 'Port', id: string, field: string | undefined): UserError {
  return new UserError('bad_request', `${what} ${id} is switched off (admin_state_up is false).`, { field });
}
