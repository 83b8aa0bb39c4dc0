import type { TaskStep } from '../contract/task.ts';
import type { TaskDefinition } from './task.definition.ts';
import type { Memo, TaskRecord } from './task.tables.ts';

export const FIRST_VERSION = 1;

/** The steps of a task with these arguments. */
export function freshSteps(definition: TaskDefinition<unknown>, args: unknown): TaskStep[] {
  return definition.steps.filter(({ when }) => when?.(args) ?? true).map(({ name }) => fresh(name));
}

/** A task goes on: the step it stands at is being done from now on. */
export function begin(record: TaskRecord): void {
  const step = currentStep(record);
  if (record.state === 'undoing') return;
  record.state = 'running';
  if (step && step.state !== 'running') Object.assign(step, { state: 'running', startedAt: new Date().toISOString() });
}

/** The step a task stands at. */
export function currentStep({ steps }: TaskRecord): TaskStep | undefined {
  return steps.find(({ state }) => state !== 'done');
}

/**
 * Brings a record that may have waited since another version of Cumulet to the definition of this one: what is new waits
 * at its place, what was done stays done. A record that has steps of which the definition knows nothing stays as it is.
 */
export function fitDefinition(record: TaskRecord, definition: TaskDefinition<unknown>): void {
  const version = definition.version ?? FIRST_VERSION;
  if (record.version !== version) definition.migrate?.(record);
  // What an argument that is new means where it is not said stands in the schema.
  const args = definition.args.safeParse(record.args);
  if (args.success) record.args = args.data;
  if (unknownSteps(record, definition).length > 0) return;
  const recorded = new Map(record.steps.map((step) => [step.name, step]));
  const wanted = new Map(freshSteps(definition, record.args).map((step) => [step.name, step]));
  // One that was begun and is not wanted any more is brought to its end all the same.
  record.steps = definition.steps.flatMap(({ name }) => recorded.get(name) ?? wanted.get(name) ?? []);
  record.version = version;
}

/** What its steps have added, with what its definition says of what is not there. */
export function memoOf({ memo }: TaskRecord, definition: TaskDefinition<unknown>): Memo {
  const parsed = definition.memo?.safeParse(memo);
  return parsed?.success ? parsed.data : memo;
}

/** Steps of a record that its definition does not have. */
export function unknownSteps(record: TaskRecord, definition: TaskDefinition<unknown>): string[] {
  const known = new Set(definition.steps.map(({ name }) => name));
  return record.steps.map(({ name }) => name).filter((name) => !known.has(name));
}

function fresh(name: string): TaskStep {
  return { name, state: 'pending', startedAt: null, finishedAt: null };
}
