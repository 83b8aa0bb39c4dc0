import { OperationalError } from '../contract/errors.ts';
import { type Candidate, type ClaimRequest, FILTERS } from './host.filters.ts';

/** Why none of these hosts will do, by the filters that refused them, and what to do about the last one. */
export function noValidHost(hosts: readonly Candidate[], request: ClaimRequest): OperationalError {
  if (hosts.length === 0) {
    const hint = 'Check under Hosts that the agent of this computer runs.';
    return new OperationalError('no_valid_host', 'controller', 'No host has joined this cloud yet.', { hint });
  }
  const reasons: string[] = [];
  let hint = '';
  let candidates = hosts;
  for (const filter of FILTERS) {
    const passed = candidates.filter((host) => filter.passes(host, request));
    const refused = candidates.length - passed.length;
    if (refused > 0) reasons.push(`${filter.name} refused ${refused}: ${filter.explain(candidates, request)}`);
    if (passed.length === 0 && refused > 0) hint = filter.advise(candidates, request);
    candidates = passed;
  }
  const message = `No valid host was found. ${reasons.join('; ')}.`;
  return new OperationalError('no_valid_host', 'controller', message, { hint });
}
