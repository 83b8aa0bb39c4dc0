import { UserError } from '../../contract/errors.ts';

/** What a URL may leave to be filled in, as `%(project_id)s` or `$(project_id)s` (Keystone's whitelist). */
const NAMES = ['tenant_id', 'project_id', 'user_id', 'compute_host', 'public_endpoint'];
const PLACE = /[%$]\(([^()]*)\)s/g;

/** 400 where something is to be filled in that is not known. */
export function checkEndpointUrl(url: string): void {
  const isSound = [...url.matchAll(PLACE)].every(([, name = '']) => NAMES.includes(name));
  if (isSound && !/[%$]\(/.test(url.replace(PLACE, ''))) return;
  throw new UserError('bad_request', `The '${url}' URL is not valid.`, { field: 'endpoint.url' });
}

/** The URL for a caller; undefined where it needs what there is not, such as the project of an unscoped token. */
export function fillEndpointUrl(
  url: string,
  { userId, projectId, origin }: { userId: string | null; projectId: string | null; origin: string },
): string | undefined {
  const values: Record<string, string | null> = { tenant_id: projectId, project_id: projectId, user_id: userId };
  let isMissing = false;
  const filled = url.replace(PLACE, (_, name: string) => {
    const value = values[name] ?? null;
    if (value === null) isMissing = true;
    return value ?? '';
  });
  return isMissing ? undefined : shownUrl(filled, origin);
}

/** What this controller serves itself is stored as a path: clients reach it where they came in. */
export function shownUrl(url: string, origin: string): string {
  return url.startsWith('/') ? origin + url : url;
}
