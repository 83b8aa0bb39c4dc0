import { expect, test } from 'vitest';
import { judgeLayers } from './layers.ts';

test.each([
  ['app/compute/flavor.service.ts', 'app/quota/quota.service.ts'],
  ['app/compute/flavor.service.ts', 'app/compute/flavor.tables.ts'],
  ['app/tasks/task.routes.ts', 'app/http/route.ts'],
  ['app/tasks/task.module.ts', 'app/tasks/task.routes.ts'],
  ['app/modules.ts', 'app/compute/compute.module.ts'],
  ['agent/hypervisor/qemu/disks.ts', 'app/contract/machine.ts'],
  ['renderer/api/request.ts', 'app/contract/v1.ts'],
  ['renderer/design/table/DataTable.tsx', 'renderer/session/rights.ts'],
  ['renderer/resources/keys/keys.resource.tsx', 'renderer/kernel/resource.ts'],
  ['renderer/shell/routes.tsx', 'renderer/kernel/ResourcePage.tsx'],
])('%s may import %s', (from, to) => {
  expect(judgeLayers(from, to)).toBeNull();
});

test.each([
  ['app/compute/flavor.service.ts', 'app/image/image.service.ts', 'beside'],
  ['app/quota/quota.service.ts', 'app/tasks/task.service.ts', 'beside'],
  ['app/database/database.ts', 'app/events/event.service.ts', 'above'],
  ['app/tasks/task.service.ts', 'app/http/route.ts', 'above'],
  ['app/http/edge.ts', 'app/identity/identity.service.ts', 'above'],
  ['app/compute/compute.module.ts', 'app/modules.ts', 'above'],
  ['renderer/kernel/ResourcePage.tsx', 'renderer/resources/keys/keys.resource.tsx', 'above'],
  ['renderer/design/StateBadge.tsx', 'renderer/session/rights.ts', 'above'],
  ['renderer/resources/keys/keys.resource.tsx', 'renderer/shell/router.ts', 'above'],
  ['app/newcomer/newcomer.service.ts', 'app/database/database.ts', 'in no layer'],
])('%s may not import %s', (from, to, why) => {
  expect(judgeLayers(from, to)).toContain(why);
});
