import { backupsSchema, newBackupSchema } from '../contract/backup.ts';
import { taskViewSchema } from '../contract/task.ts';
import { type RouteDefinition, route } from '../http/route.ts';
import { THE_USER } from '../identity/delegated-access.ts';
import type { BackupService } from './backup.service.ts';

/** `/v1/backups`: what an administrator does about backups while the cloud runs. Restoring needs a cloud that is none yet. */
export function backupRoutes(backups: BackupService): RouteDefinition[] {
  return [
    route({
      method: 'GET',
      path: '/backups',
      rule: 'v1:backups:list',
      answer: backupsSchema,
      handler: () => backups.list(),
    }),
    route({
      method: 'POST',
      path: '/backups',
      rule: 'v1:backups:create',
      // A passphrase of one's own choice, and then the file, would be everybody's secrets.
      delegated: THE_USER,
      isLongWork: true,
      body: newBackupSchema,
      status: 202,
      answer: taskViewSchema,
      handler: ({ context, body }) => backups.make(context, body.passphrase),
    }),
    route({
      method: 'GET',
      path: '/backups/:id/file',
      rule: 'v1:backups:download',
      delegated: THE_USER,
      answerTypes: ['application/x-tar'],
      summary: 'All secrets of the cloud are in it.',
      handler: async ({ params, reply }) => {
        const { id } = params;
        const { size, bytes } = await backups.open(id);
        reply.type('application/x-tar').header('content-length', size).header('cache-control', 'no-store');
        reply.header('content-disposition', `attachment; filename="${id}"`);
        return reply.send(bytes);
      },
    }),
    route({
      method: 'DELETE',
      path: '/backups/:id',
      rule: 'v1:backups:delete',
      delegated: THE_USER,
      handler: ({ context, params }) => backups.remove(context, params.id),
    }),
  ];
}
