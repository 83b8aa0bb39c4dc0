/**
 * Every table by its name, as queries are typed by it. The service that owns a table declares it in its `*.tables.ts` and
 * adds it here (`declare module`); no other service queries it.
 */
// biome-ignore lint/suspicious/noEmptyInterface: services fill it
export interface Tables {}
