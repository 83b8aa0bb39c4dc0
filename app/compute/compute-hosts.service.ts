import { DEFAULT_ZONE, INTERNAL_ZONE } from '../contract/availability-zone.ts';
import type { Context } from '../contract/context.ts';
import { UserError } from '../contract/errors.ts';
import type { KnownHost } from '../contract/v1.ts';
import type { Database } from '../database/database.ts';
import type { Microversion } from '../http/microversion.ts';
import type { AggregateService } from './aggregate.service.ts';
import type { HostClaims } from './collaborators.ts';
import { hostNumber, hostUuid } from './host-identity.ts';
import { isoMicroseconds } from './nova-time.ts';

const CONTROLLER_SERVICES = ['nova-scheduler', 'nova-conductor'];
const CONTROLLER_HOST = 'controller';
/** What a host's agent is to Nova's clients. */
export const COMPUTE_BINARY = 'nova-compute';

/** A service as Nova would run it: one on each host, and those of the controller. */
export interface HostService {
  readonly binary: string;
  /** Undefined of the controller's. */
  readonly hostId?: string;
  readonly host: string;
  readonly zone: string;
  readonly state: 'up' | 'down';
  readonly updatedAt: string | null;
  readonly disabledReason: string | null;
  readonly isForcedDown: boolean;
}

/** By number until 2.52, by uuid since. */
export function serviceId(
  { binary, hostId, host }: Pick<HostService, 'binary' | 'hostId' | 'host'>,
  version: Microversion,
) {
  const text = `${binary} ${hostId ?? host}`;
  return version >= 53 ? hostUuid(text) : hostNumber(text);
}

export function serviceOf(host: KnownHost): HostService {
  const { id: hostId, name, zone, disabledReason, isForcedDown } = host;
  const seenAt = host.lastSeenAt && isoMicroseconds(host.lastSeenAt);
  return {
    ...{ binary: COMPUTE_BINARY, hostId, host: name, zone, disabledReason, isForcedDown },
    state: stateOf(host),
    // A connected host is seen all the time.
    updatedAt: host.state === 'up' ? isoMicroseconds(new Date().toISOString()) : seenAt,
  };
}

export function stateOf({ state, isForcedDown }: Pick<KnownHost, 'state' | 'isForcedDown'>): 'up' | 'down' {
  return isForcedDown ? 'down' : state;
}

/** Hosts as Nova's administrators see and change them. */
export class ComputeHosts {
  readonly #database: Database;
  readonly #claims: HostClaims;
  readonly #aggregates: AggregateService;

  constructor(parts: { database: Database; claims: HostClaims; aggregates: AggregateService }) {
    this.#database = parts.database;
    this.#claims = parts.claims;
    this.#aggregates = parts.aggregates;
  }

  async services(): Promise<HostService[]> {
    const own = { host: CONTROLLER_HOST, zone: INTERNAL_ZONE, state: 'up' as const, disabledReason: null };
    const updatedAt = isoMicroseconds(new Date().toISOString());
    return [
      ...CONTROLLER_SERVICES.map((binary) => ({ ...own, binary, updatedAt, isForcedDown: false })),
      ...(await this.#claims.listHosts()).map(serviceOf),
    ];
  }

  /** Zones that hosts are in; the default one also where there is no host yet. */
  async zones(): Promise<Map<string, boolean>> {
    const zones = await this.#claims.control.zones();
    return zones.size === 0 ? new Map([[DEFAULT_ZONE, true]]) : zones;
  }

  /** 400 for what is no id in that microversion, 404 for one of nothing. */
  async service(id: string, version: Microversion): Promise<HostService> {
    if (!(version >= 53 ? UUID : NUMBER).test(id)) {
      const what = version >= 53 ? 'uuid' : 'integer';
      throw new UserError('bad_request', `Invalid input received: Invalid id: ${id.slice(0, 40)} is no ${what}.`);
    }
    const found = (await this.services()).find((service) => String(serviceId(service, version)) === id);
    if (!found) throw new UserError('not_found', `Service ${id} not found.`);
    return found;
  }

  async serviceOn(host: string, binary: string): Promise<HostService> {
    const found = (await this.services()).find((service) => service.host === host && service.binary === binary);
    if (found) return found;
    const message = `Could not find binary ${binary.slice(0, 255)} on host ${host.slice(0, 255)}.`;
    throw new UserError('not_found', message);
  }

  /** Null as a reason: it takes new machines. */
  async change(
    context: Context,
    { hostId, binary }: HostService,
    wanted: { disabledReason?: string | null; isForcedDown?: boolean },
  ): Promise<HostService> {
    if (hostId !== undefined) {
      await this.#claims.control.setService(context, hostId, wanted);
      return serviceOf(await this.#claims.showHost(hostId));
    }
    const message = `Updating a ${binary} service is not supported. Only ${COMPUTE_BINARY} services can be updated.`;
    throw new UserError('bad_request', message);
  }

  async forget(context: Context, { hostId, binary }: HostService): Promise<void> {
    if (hostId === undefined) throw new UserError('bad_request', `The service ${binary} is part of the controller.`);
    await this.#database.transaction(async (trx) => {
      await this.#aggregates.forgetHost(trx, hostId);
      await this.#claims.control.forget(trx, context, hostId);
    });
  }
}

const UUID = /^[0-9a-fA-F]{8}-(?:[0-9a-fA-F]{4}-){3}[0-9a-fA-F]{12}$/;
const NUMBER = /^\d{1,10}$/;
