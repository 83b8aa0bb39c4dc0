import { PasswordHasher } from '../app/identity/token/password-hash.ts';
import { FAULT_PASSWORD, FaultCloud } from '../tests/faults/fault-cloud.ts';
import { type SeededIdentity, seedIdentity } from './seeded-identity.ts';

/** A controller with 10,000 users (all with {@link FAULT_PASSWORD}), 1,000 projects and 100,000 assignments. */
export async function startSeededCloud(): Promise<{ cloud: FaultCloud; seeded: SeededIdentity }> {
  const cloud = await FaultCloud.create();
  await cloud.startController();
  const seeded = seedIdentity(cloud.dataDir, await new PasswordHasher().hash(FAULT_PASSWORD));
  return { cloud, seeded };
}
