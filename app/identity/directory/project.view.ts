import { z } from 'zod';
import { shownAs } from '../keystone.routes.ts';
import { limitView } from '../limit/limit.schema.ts';
import { resourceOptionsView } from '../resource-options.ts';
import type { TaggedProject } from './project.repository.ts';

const shape = {
  name: z.string(),
  description: z.string().nullable(),
  enabled: z.boolean(),
  tags: z.array(z.string()),
  options: resourceOptionsView,
};
const place = { domain_id: z.string().nullable(), parent_id: z.string().nullable(), is_domain: z.boolean() };

export const DOMAIN = shownAs<TaggedProject>({ thing: 'domain', things: 'domains', shape });
export const PROJECT = shownAs<TaggedProject>({ thing: 'project', things: 'projects', shape: { ...shape, ...place } });

/** `parents` and `subtree` are lists of projects, with their limits where asked for, or ids within ids. */
const treeView = z
  .union([
    z.array(z.object({ project: PROJECT.schema.extend({ limits: z.array(limitView).optional() }) })),
    z.record(z.string(), z.unknown()).nullable(),
  ])
  .optional();
export const projectAnswer = z.object({ project: PROJECT.schema });
export const projectWithTreeAnswer = z.object({
  project: PROJECT.schema.extend({ parents: treeView, subtree: treeView }),
});
