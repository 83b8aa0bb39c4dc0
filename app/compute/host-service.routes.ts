import { z } from 'zod';
import type { Context } from '../contract/context.ts';
import { UserError } from '../contract/errors.ts';
import type { Microversion } from '../http/microversion.ts';
import { type RouteDefinition, route } from '../http/route.ts';
import { type ComputeHosts, type HostService, serviceId } from './compute-hosts.service.ts';
import { serviceListAnswer, serviceUpdateAnswer } from './host.schema.ts';
import { booleanField, queryText, strictFrom75 } from './request-field.schema.ts';

const listFields = { host: queryText.optional(), binary: queryText.optional() };
const reason = z.string().min(1).max(255);
const name = z.string().min(1).max(255);
const byName = { host: name, binary: name, disabled_reason: reason.optional() };
const anyUpdate = z.strictObject({
  host: name.optional(),
  binary: name.optional(),
  status: z.enum(['enabled', 'disabled']).optional(),
  disabled_reason: reason.optional(),
  forced_down: booleanField.optional(),
});
type Sent = z.infer<typeof anyUpdate>;

/** Until 2.52 the path says what is done and the body to which; since it is the other way round. */
function updateBody(version: Microversion): z.ZodType<Sent> {
  const { status, disabled_reason, forced_down } = anyUpdate.shape;
  const fields =
    version >= 53 ? { status, disabled_reason, forced_down } : { ...byName, ...(version >= 11 && { forced_down }) };
  return z.strictObject(fields) as unknown as z.ZodType<Sent>;
}

/** `/os-services`: hosts and the controller as the services Nova would run there. */
export function hostServiceRoutes({ hosts }: { hosts: ComputeHosts }): RouteDefinition[] {
  const onePath = '/os-services/:serviceId';
  return [
    route({
      method: 'GET',
      path: '/os-services',
      rule: 'os_compute_api:os-services:list',
      query: strictFrom75(() => listFields),
      answer: serviceListAnswer,
      handler: async ({ query: { host, binary }, version }) => ({
        services: (await hosts.services())
          .filter((service) => (!host || service.host === host) && (!binary || service.binary === binary))
          .map((service) => view(service, version)),
      }),
    }),
    route({
      method: 'PUT',
      path: onePath,
      rule: 'os_compute_api:os-services:update',
      body: updateBody,
      answer: serviceUpdateAnswer,
      handler: async ({ context, params, body, version }) => ({
        service:
          version >= 53
            ? await updateOne(hosts, context, params.serviceId, body, version)
            : await updateByName(hosts, context, params.serviceId, body, version),
      }),
    }),
    route({
      method: 'DELETE',
      path: onePath,
      rule: 'os_compute_api:os-services:delete',
      handler: async ({ context, params, version }) =>
        await hosts.forget(context, await hosts.service(params.serviceId, version)),
    }),
  ];
}

async function updateOne(hosts: ComputeHosts, context: Context, id: string, sent: Sent, version: Microversion) {
  const { status, disabled_reason, forced_down } = sent;
  if (status === undefined && forced_down === undefined) {
    const message = "No updates were requested. Fields 'status' or 'forced_down' should be specified.";
    throw new UserError('bad_request', message, { field: 'status' });
  }
  if (disabled_reason !== undefined && status !== 'disabled') {
    throw new UserError('bad_request', "Specifying 'disabled_reason' requires that status is 'disabled'.", {
      field: 'disabled_reason',
    });
  }
  const changed = await hosts.change(context, await hosts.service(id, version), {
    ...(status !== undefined && { disabledReason: status === 'enabled' ? null : (disabled_reason ?? '') }),
    ...(forced_down !== undefined && { isForcedDown: forced_down }),
  });
  return view(changed, version);
}

async function updateByName(hosts: ComputeHosts, context: Context, verb: string, sent: Sent, version: Microversion) {
  const { host = '', binary = '', disabled_reason, forced_down } = sent;
  const change = async (wanted: Parameters<ComputeHosts['change']>[2]) =>
    await hosts.change(context, await hosts.serviceOn(host, binary), wanted);
  switch (verb) {
    case 'enable':
      await change({ disabledReason: null });
      return { host, binary, status: 'enabled' };
    case 'disable':
      await change({ disabledReason: '' });
      return { host, binary, status: 'disabled' };
    case 'disable-log-reason':
      if (disabled_reason === undefined) throw missing('disabled_reason', 'Missing disabled reason field');
      await change({ disabledReason: disabled_reason });
      return { host, binary, status: 'disabled', disabled_reason };
    case 'force-down':
      if (version < 11) break;
      if (forced_down === undefined) throw missing('forced_down', 'Missing forced_down field');
      await change({ isForcedDown: forced_down });
      return { host, binary, forced_down };
  }
  throw new UserError('not_found', 'Unknown action');
}

function missing(field: string, message: string): UserError {
  return new UserError('bad_request', message, { field });
}

function view(service: HostService, version: Microversion) {
  const { binary, host, zone, state, updatedAt, disabledReason, isForcedDown } = service;
  return {
    id: serviceId(service, version),
    binary,
    host,
    zone,
    status: disabledReason === null ? 'enabled' : 'disabled',
    state,
    updated_at: updatedAt,
    disabled_reason: disabledReason || null,
    ...(version >= 11 && { forced_down: isForcedDown }),
  };
}
