import { z } from 'zod';
import { requestLimitsSchema } from './request-limits.ts';

const NAME = /^([A-Za-z0-9]([A-Za-z0-9.-]{0,251}[A-Za-z0-9])?|\[[0-9a-fA-F:.]+\])$/;

/** `[http]` of `config.toml`. */
export const httpSettingsSchema = z.strictObject({
  /** Names in `Host` that mean this server, with any port, beside loopback, this computer's name and where it listens. */
  hosts: z.array(z.string().regex(NAME, 'must be a name or an address, without a port')).default([]),
  /** Origins of other pages whose requests are taken, such as `https://cloud.example`. Their scripts read no answers. */
  origins: z.array(z.string().regex(/^https?:\/\/[^/\s]+$/, 'must be scheme and host, without a path')).default([]),
  limits: requestLimitsSchema.prefault({}),
});
export type HttpSettings = z.infer<typeof httpSettingsSchema>;
