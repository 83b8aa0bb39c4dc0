import { identityPath, listAll } from './identity-list.ts';
import { change } from './identity-refresh.ts';
import { type BodyOf, call } from './request.ts';

export interface ProjectView {
  id: string;
  name: string;
  domain_id: string;
  /** The domain for a project at the top. */
  parent_id: string | null;
  enabled: boolean;
  description?: string | null;
  tags?: string[];
}

export type ProjectChange = BodyOf<'PATCH /identity/v3/projects/:project_id'>['project'];

/** Every project the caller may see: all, or those of the domain of a token for one domain. */
export function listProjects(signal?: AbortSignal): Promise<ProjectView[]> {
  return listAll('/projects', 'projects', {}, signal);
}

export async function createProject(project: ProjectChange & { name: string }): Promise<ProjectView> {
  const answer = await change<{ project: ProjectView }>('POST', identityPath('projects'), { project });
  return answer.project;
}

export async function updateProject(id: string, project: ProjectChange): Promise<ProjectView> {
  const answer = await change<{ project: ProjectView }>('PATCH', identityPath('projects', id), { project });
  return answer.project;
}

export async function deleteProject(id: string): Promise<void> {
  await change<void>('DELETE', identityPath('projects', id));
}

export async function countServers(projectId: string, signal?: AbortSignal): Promise<number> {
  const query = { all_tenants: '1', project_id: projectId };
  return (await call('GET /compute/v2.1/servers', { query, signal })).servers.length;
}
