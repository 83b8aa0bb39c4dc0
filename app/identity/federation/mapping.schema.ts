import { z } from 'zod';
import { refusalOf } from '../../pattern/linear-pattern.ts';

/**
 * Keystone's attribute mapping (docs.openstack.org/keystone, "Mapping Combinations"), schema versions 1.0 and 2.0: what
 * a provider says about a person (remote) becomes who they are here (local).
 */
const text = z.string();
const domain = z.strictObject({ id: text.optional(), name: text.optional() });
const roles = z.array(z.strictObject({ name: text }));

const localSchema = z.strictObject({
  user: z
    .strictObject({
      id: text.optional(),
      name: text.optional(),
      email: text.optional(),
      domain: domain.optional(),
      type: z.enum(['ephemeral', 'local']).optional(),
    })
    .optional(),
  projects: z.array(z.strictObject({ name: text, roles, domain: domain.optional() })).optional(),
  group: z.union([z.strictObject({ id: text }), z.strictObject({ name: text, domain })]).optional(),
  groups: text.optional(),
  group_ids: text.optional(),
  domain: domain.optional(),
});

const CONDITIONS = ['any_one_of', 'not_any_of', 'blacklist', 'whitelist'] as const;
const remoteSchema = z
  .strictObject({
    type: text,
    any_one_of: z.array(text).optional(),
    not_any_of: z.array(text).optional(),
    blacklist: z.array(text).optional(),
    whitelist: z.array(text).optional(),
    regex: z.boolean().optional(),
  })
  .superRefine((remote, issues) => {
    const given = CONDITIONS.filter((name) => remote[name] !== undefined);
    const second = given[1];
    if (second) issues.addIssue({ code: 'custom', path: [second], message: `cannot be used beside ${given[0]}` });
    if (remote.regex !== undefined && given.length === 0) {
      issues.addIssue({ code: 'custom', path: ['regex'], message: 'needs a list of expressions beside it' });
    }
    if (!remote.regex) return;
    for (const name of given) {
      for (const [at, expression] of (remote[name] ?? []).entries()) {
        const why = refusalOf(expression);
        if (why) issues.addIssue({ code: 'custom', path: [name, at], message: why });
      }
    }
  });

const ruleSchema = z.strictObject({ local: z.array(localSchema), remote: z.array(remoteSchema).min(1) });
export type MappingRule = z.infer<typeof ruleSchema>;
export type LocalRule = z.infer<typeof localSchema>;
export type RemoteRule = z.infer<typeof remoteSchema>;
export type MappedDomain = z.infer<typeof domain>;

export const mappingSchema = z
  .strictObject({ rules: z.array(ruleSchema).min(1), schema_version: z.enum(['1.0', '2.0']).default('1.0') })
  .superRefine(({ rules, schema_version }, issues) => {
    if (schema_version !== '1.0') return;
    for (const [rule, { local }] of rules.entries()) {
      for (const [at, { projects }] of local.entries()) {
        const project = projects?.findIndex((candidate) => candidate.domain !== undefined) ?? -1;
        if (project < 0) continue;
        issues.addIssue({
          code: 'custom',
          path: ['rules', rule, 'local', at, 'projects', project, 'domain'],
          message: 'needs schema_version 2.0',
        });
      }
    }
  });
export type Mapping = z.infer<typeof mappingSchema>;
