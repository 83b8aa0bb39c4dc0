import type { FastifyReply } from 'fastify';
import type { z } from 'zod';
import { UserError } from '../contract/errors.ts';

/** A microversion `2.x` (`3.x` in Cinder) as `x`'s number: versions compare with `>=`. */
export type Microversion = number;

/** What answers of a service depend on beside their path. */
export interface Versioned {
  readonly microversions?: {
    type: string;
    /** What stands before the point; silent: 2. */
    major?: number;
    min: Microversion;
    max: Microversion;
    legacyHeader?: string;
  };
  /** Request headers beside those of the microversion, as Keystone says in `Vary`. */
  readonly vary?: string;
}

/** As clients write it: `2.90`. */
export function versionText({ microversions }: Versioned, version: Microversion): string {
  return `${microversions?.major ?? 2}.${version}`;
}

/** Reads `OpenStack-API-Version: compute 2.90` or the older header of the service; 406 outside what is offered. */
export function negotiateMicroversion(
  service: Versioned,
  headers: Record<string, string | string[] | undefined>,
): Microversion {
  const offered = service.microversions;
  if (!offered) return 1;
  const asked =
    versionFor(offered.type, String(headers['openstack-api-version'] ?? '')) ??
    (offered.legacyHeader ? headers[offered.legacyHeader] : undefined);
  if (asked === undefined || asked === '') return offered.min;
  if (asked === 'latest') return offered.max;
  const [, major, minor] = /^([1-9]\d*)\.(0|[1-9]\d*)$/.exec(String(asked)) ?? [];
  if (minor === undefined) {
    throw new UserError(
      'bad_request',
      `API Version String ${String(asked)} is of invalid format. Must be of format MajorNum.MinorNum.`,
    );
  }
  const version = Number(minor);
  const [least, most] = [versionText(service, offered.min), versionText(service, offered.max)];
  if (Number(major) !== (offered.major ?? 2) || version < offered.min || version > offered.max) {
    throw new UserError(
      'not_acceptable',
      `Version ${String(asked)} is not supported by the API. Minimum is ${least} and maximum is ${most}.`,
    );
  }
  return version;
}

function versionFor(type: string, header: string): string | undefined {
  for (const part of header.split(',')) {
    const [service, version] = part.trim().split(/\s+/);
    if (service?.toLowerCase() === type) return version;
  }
  return undefined;
}

/** Says in the answer which version it is in, and which headers it depends on. */
export function advertise(service: Versioned, version: Microversion, reply: FastifyReply): void {
  const { microversions, vary } = service;
  const headers = [vary, ...(microversions ? ['OpenStack-API-Version', microversions.legacyHeader] : [])];
  if (headers.some(Boolean)) reply.header('vary', headers.filter(Boolean).join(', '));
  if (!microversions) return;
  reply.header('openstack-api-version', `${microversions.type} ${versionText(service, version)}`);
  if (microversions.legacyHeader) reply.header(microversions.legacyHeader, versionText(service, version));
}

/** The version an answer is in, as far as that is known, and what the service offers. */
export function versionsOf(service: Versioned | undefined, reply: FastifyReply) {
  const offered = service?.microversions;
  if (!service || !offered) return { version: undefined, offered: undefined };
  const said = /\.(\d+)$/.exec(String(reply.getHeader('openstack-api-version') ?? ''))?.[1];
  return {
    version: said === undefined ? undefined : Number(said),
    offered: { min_version: versionText(service, offered.min), max_version: versionText(service, offered.max) },
  };
}

type Later<S> = { [K in keyof S]: S[K] extends z.ZodType ? z.ZodOptional<S[K]> : never };

/** Fields of a schema from microversion `first` on. To the types they are optional: a number cannot tell them more. */
export function since<S extends z.ZodRawShape>(version: Microversion, first: Microversion, fields: S): Later<S> {
  return (version >= first ? fields : {}) as Later<S>;
}

/** Fields of a schema up to and with microversion `last`. */
export function until<S extends z.ZodRawShape>(version: Microversion, last: Microversion, fields: S): Later<S> {
  return (version <= last ? fields : {}) as Later<S>;
}
