import { z } from 'zod';
import { UserError } from '../contract/errors.ts';
import { type RouteDefinition, route } from '../http/route.ts';

/** Aliases old clients look for before they use a feature; only of what is here. */
const EXTENSIONS = [
  ['os-aggregates', 'Aggregates'],
  ['os-availability-zone', 'AvailabilityZone'],
  ['os-config-drive', 'ConfigDrive'],
  ['os-console-output', 'ConsoleOutput'],
  ['os-consoles', 'Consoles'],
  ['os-flavor-access', 'FlavorAccess'],
  ['os-flavor-extra-specs', 'FlavorExtraSpecs'],
  ['os-flavor-manage', 'FlavorManage'],
  ['os-hosts', 'Hosts'],
  ['os-hypervisors', 'Hypervisors'],
  ['os-instance-actions', 'InstanceActions'],
  ['os-keypairs', 'Keypairs'],
  ['os-lock-server', 'LockServer'],
  ['os-multiple-create', 'MultipleCreate'],
  ['os-pause-server', 'PauseServer'],
  ['os-quota-class-sets', 'QuotaClasses'],
  ['os-quota-sets', 'Quotas'],
  ['os-scheduler-hints', 'SchedulerHints'],
  ['os-server-groups', 'ServerGroups'],
  ['os-server-start-stop', 'ServerStartStop'],
  ['os-services', 'Services'],
  ['os-suspend-server', 'SuspendServer'],
  ['os-used-limits', 'UsedLimits'],
  ['os-user-data', 'UserData'],
].map(([alias = '', name = '']) => ({
  alias,
  name,
  description: name,
  links: [],
  namespace: 'http://docs.openstack.org/compute/ext/fake_xml',
  updated: '2014-12-03T00:00:00Z',
}));

const extensionSchema = z
  .strictObject({
    alias: z.string(),
    name: z.string(),
    description: z.string(),
    links: z.array(z.never()),
    namespace: z.string(),
    updated: z.string(),
  })
  .meta({ title: 'ExtensionView' });

/** `/extensions` */
export function extensionRoutes(): RouteDefinition[] {
  return [
    route({
      method: 'GET',
      path: '/extensions',
      rule: 'os_compute_api:extensions',
      answer: z.strictObject({ extensions: z.array(extensionSchema) }),
      handler: async () => ({ extensions: EXTENSIONS }),
    }),
    route({
      method: 'GET',
      path: '/extensions/:alias',
      rule: 'os_compute_api:extensions',
      answer: z.strictObject({ extension: extensionSchema }),
      handler: async ({ params }) => {
        const extension = EXTENSIONS.find(({ alias }) => alias === params.alias);
        if (!extension) throw new UserError('not_found', 'The resource could not be found.');
        return { extension };
      },
    }),
  ];
}
