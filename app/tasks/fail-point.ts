/**
 * Places where a crash hurts most. With `CUMULET_FAILPOINT=<name>` in the environment the process kills itself with
 * SIGKILL when it comes by, so that tests can prove that nothing is lost or left behind. The task engine passes two
 * per step, `<kind>.<step>.before` (nothing done) and `<kind>.<step>.after` (done, not yet recorded), so the list
 * comes from the task definitions themselves: see `TaskService.failPoints()`.
 */
const armed = process.env.CUMULET_FAILPOINT;

export function failPoint(name: string): void {
  if (armed !== undefined && armed === name) process.kill(process.pid, 'SIGKILL');
}
