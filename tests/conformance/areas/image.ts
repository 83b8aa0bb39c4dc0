import type { Area } from '../area.ts';

/** Glance's API v2; v1 was removed from OpenStack in 2018. What the tests upload is random, so the one format they are told of is the one that random bytes are. */
export const area: Area = {
  tests: '^tempest\\.api\\.image\\.v2\\.',
  gate: '^tempest\\.api\\.image\\.v2\\.',
  atLeast: { gate: 62, all: 62 },
  cloud: { hypervisor: 'none' },
  prepare: async () => ({
    image: { disk_formats: 'raw', container_formats: 'bare' },
    'image-feature-enabled': { api_v2: true, os_glance_reserved: true },
  }),
  missing: {},
};
