import type { Compilable, CompiledQuery } from 'kysely';
import { UnexpectedError } from '../contract/errors.ts';
import type { Queryable } from './queryable.ts';

/**
 * Statements of one database that run again and again with other values: writing one costs more than running it, so each is
 * written once. `shape` tells it from the others of its owner; of shapes there are as many as the code has.
 */
export class KeptQueries {
  readonly #kept = new Map<string, CompiledQuery>();

  /** `write` makes the statement with just these parameters, in their order. */
  async run<Row>(
    on: Queryable,
    shape: string,
    parameters: readonly unknown[],
    write: () => Compilable<Row>,
  ): Promise<Row[]> {
    let query = this.#kept.get(shape);
    if (!query) {
      query = write().compile();
      const { parameters: written, sql } = query;
      if (written.length !== parameters.length || written.some((value, at) => value !== parameters[at])) {
        throw new UnexpectedError(`The parameters of ${shape} are not those of ${sql}`);
      }
      this.#kept.set(shape, query);
    }
    return (await on.executeQuery<Row>({ ...(query as CompiledQuery<Row>), parameters })).rows;
  }
}
