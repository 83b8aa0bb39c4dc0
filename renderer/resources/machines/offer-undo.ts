import type { TaskView } from '../../../app/contract/task.ts';
import { getServer } from '../../api/compute.api.ts';
import { listImages } from '../../api/image.api.ts';
import { runAction } from '../../design/actions/run-action.ts';
import { notifyDone, notifyError, notifyWithWay } from '../../design/notify.tsx';
import { t } from '../../i18n/i18n.ts';
import { undoAction } from './actions/undo.action.ts';
import { machineAction } from './hooks/use-machine-actions.ts';
import { wayBack } from './safety.ts';

const DONE = {
  'server.rebuild': 'machines:safety.told.rebuild',
  'server.resize': 'machines:safety.told.resize',
  'server.revertResize': 'machines:safety.told.revertResize',
} as const;

/** Whether it was done behind a safety snapshot. */
export function isUndoable({ kind, state, steps }: TaskView): boolean {
  return kind in DONE && state === 'succeeded' && steps.some(({ name }) => name === 'snapshot');
}

/** Says that it is done, with the way back. */
export function offerUndo({ kind, subject: { id, name } }: TaskView): void {
  const text = DONE[kind as keyof typeof DONE];
  const label = t('design:undo');
  const run = () => void undo(id).catch((error: unknown) => notifyError(error, t('design:undoFailed')));
  notifyWithWay(t(text, { name: name ?? id }), { label, run });
}

/** What it is now decides; asked before it is done. */
async function undo(serverId: string): Promise<void> {
  const [server, images] = await Promise.all([getServer(serverId), listImages()]);
  const safety = wayBack(server, images);
  const action = server.status === 'VERIFY_RESIZE' ? machineAction('revert-resize') : safety && undoAction(safety);
  if (action) await runAction(action, [server]);
  else notifyDone(t('machines:safety.gone'));
}
