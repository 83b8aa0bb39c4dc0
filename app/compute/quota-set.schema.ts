import { z } from 'zod';

const text = z.string();
const whole = z.number().int();

const usage = z.strictObject({ limit: whole, in_use: whole, reserved: whole });
export const quotaSetAnswer = z.strictObject({ quota_set: z.object({ id: text }).catchall(whole) });
export const updatedQuotaSetAnswer = z.strictObject({ quota_set: z.record(text, whole) });
export const quotaDetailAnswer = z.strictObject({ quota_set: z.object({ id: text }).catchall(usage) });
export const quotaClassAnswer = z.strictObject({ quota_class_set: z.object({ id: text }).catchall(whole) });
export const updatedQuotaClassAnswer = z.strictObject({ quota_class_set: z.record(text, whole) });
export const limitsAnswer = z.strictObject({
  limits: z.strictObject({ rate: z.array(z.never()), absolute: z.record(text, whole) }),
});
