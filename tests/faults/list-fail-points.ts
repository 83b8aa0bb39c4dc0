import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pino from 'pino';
import { serve } from '../../app/serve.ts';

/** From the definitions of the tasks themselves, so that a new step is tested without being named here. */
export async function listFailPoints(): Promise<string[]> {
  const dataDir = await mkdtemp(join(tmpdir(), 'cumulet-'));
  const controller = await serve({ dataDir, listen: '127.0.0.1:0', log: pino({ level: 'silent' }) });
  const { failPoints } = controller;
  await controller.close();
  await rm(dataDir, { recursive: true, force: true });
  return failPoints;
}
