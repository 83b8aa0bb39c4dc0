import { z } from 'zod';
import type { Microversion } from './microversion.ts';
import { type ApiRequest, type Declared, type RuleChoice, schemaFor } from './route.ts';

export interface ActionRequest
  extends Pick<ApiRequest<unknown, unknown>, 'context' | 'origin' | 'version' | 'enforce' | 'allows' | 'reply'> {
  /** Of the thing it is done to. */
  id: string;
}

/** What stands under one name in the body of `POST .../action`. */
export interface Action {
  rule: string;
  /** First and last microversion that has it. */
  since?: Microversion;
  until?: Microversion;
  /** What stands beside the name; left out, anything may, and it means nothing. */
  value?: Declared<unknown>;
  /** Of an answer that holds nothing, where it is not the route's. */
  emptyStatus?: number;
  run: (request: ActionRequest, value: unknown) => Promise<unknown>;
}
export type ActionBody = Record<string, unknown>;

/** Keeps the type of the value while declaring. */
export function action<T>(
  definition: Omit<Action, 'run'> & { value: Declared<T>; run: (request: ActionRequest, value: T) => Promise<unknown> },
): Action {
  return definition as Action;
}

/** The body that names one of `actions`, and nothing else. */
export function actionBody(actions: Readonly<Record<string, Action>>): Declared<ActionBody> {
  return (version) => {
    const offered = Object.entries(actions).filter(([, { since = 0 }]) => since <= version);
    // One that was taken out is not there: with whatever stands beside it.
    const shape = offered.map(([name, action]) => [
      name,
      ((isOver(action, version) ? undefined : schemaFor(action.value, version)) ?? z.unknown()).optional(),
    ]);
    return z
      .strictObject(Object.fromEntries(shape) as Record<string, z.ZodType>)
      .refine((body) => Object.keys(body).length === 1, 'It must name exactly one action')
      .meta({ minProperties: 1, maxProperties: 1 });
  };
}

/** Each action has a rule of its own. */
export function actionRule(actions: Readonly<Record<string, Action>>): RuleChoice<unknown, ActionBody> {
  return {
    among: [...new Set(Object.values(actions).map(({ rule }) => rule))],
    choose: ({ body }) => named(actions, body).action.rule,
  };
}

/** Whether the action was taken out before that microversion. */
export function isOver({ until = Number.POSITIVE_INFINITY }: Pick<Action, 'until'>, version: Microversion): boolean {
  return version > until;
}

/** The action a checked body names, and what stands beside it. */
export function named(actions: Readonly<Record<string, Action>>, body: ActionBody): { action: Action; value: unknown } {
  const [name = '', value] = Object.entries(body)[0] ?? [];
  return { action: actions[name] as Action, value };
}
