import type { AggregateView } from '../../app/contract/generated/compute/os-aggregates.api.ts';
import { call } from './request.ts';

/** As a row: its id is a number in the API. */
export interface Aggregate extends Omit<AggregateView, 'id'> {
  id: string;
}

const toAggregate = (view: AggregateView): Aggregate => ({ ...view, id: String(view.id) });

export async function listAggregates({ signal }: { signal?: AbortSignal } = {}): Promise<Aggregate[]> {
  return (await call('GET /compute/v2.1/os-aggregates', { signal })).aggregates.map(toAggregate);
}

export async function getAggregate(id: string, signal?: AbortSignal): Promise<Aggregate> {
  const params = { aggregateId: id };
  return toAggregate((await call('GET /compute/v2.1/os-aggregates/:aggregateId', { params, signal })).aggregate);
}

/** Without a zone its hosts stay in the one they are in. */
export async function createAggregate(name: string, zone: string | undefined): Promise<void> {
  const aggregate = { name, ...(zone !== undefined && { availability_zone: zone }) };
  await call('POST /compute/v2.1/os-aggregates', { body: { aggregate } });
}

export async function updateAggregate(
  id: string,
  change: { name?: string; availability_zone?: string },
): Promise<void> {
  const params = { aggregateId: id };
  await call('PUT /compute/v2.1/os-aggregates/:aggregateId', { params, body: { aggregate: change } });
}

export async function deleteAggregate(id: string): Promise<void> {
  await call('DELETE /compute/v2.1/os-aggregates/:aggregateId', { params: { aggregateId: id } });
}

export async function setAggregateHost(id: string, host: string, isIn: boolean): Promise<void> {
  const body = isIn ? { add_host: { host } } : { remove_host: { host } };
  await call('POST /compute/v2.1/os-aggregates/:aggregateId/action', { params: { aggregateId: id }, body });
}

/** A key without a value goes. */
export async function setAggregateMetadata(id: string, metadata: Record<string, string | null>): Promise<void> {
  const body = { set_metadata: { metadata } };
  await call('POST /compute/v2.1/os-aggregates/:aggregateId/action', { params: { aggregateId: id }, body });
}
