import { expect, it } from 'vitest';
import { choicesOf } from './use-zones.ts';

const up = (available: boolean) => ({ 'nova-compute': { active: true, available, updated_at: null } });
const zone = (zoneName: string, available: boolean, hosts: Parameters<typeof choicesOf>[0][number]['hosts']) => ({
  zoneName,
  zoneState: { available },
  hosts,
});

it('counts the hosts of a zone that are up, where one may see them, and leaves out the controller’s own', () => {
  const zones = [
    zone('internal', true, { controller: up(true) }),
    zone('north', true, { a: up(true), b: up(false), c: up(true) }),
    zone('nova', true, {}),
    zone('south', false, null),
  ];
  expect(choicesOf(zones)).toEqual([
    { name: 'north', isOpen: true, up: 2 },
    { name: 'nova', isOpen: true, up: 0 },
    { name: 'south', isOpen: false, up: null },
  ]);
});
