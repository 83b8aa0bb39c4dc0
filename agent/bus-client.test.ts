import { expect, test } from 'vitest';
import { agentMethods } from '../app/contract/agent.methods.ts';
import { BusClient } from './bus-client.ts';
import { BusDispatcher, serve } from './bus-dispatcher.ts';
import { ControllerLocator } from './controller-address.ts';
import { HostIdentity } from './host-identity.ts';
import { FakeController } from './testing/fake-controller.ts';
import { silentLog } from './testing/silent-log.ts';
import { makeTemporaryFolder } from './testing/temporary-folder.ts';

test('an answer that is too large fails alone: the connection and its other calls go on', async () => {
  await using folder = await makeTemporaryFolder();
  const controller = new FakeController(folder.path);
  await controller.open();
  const { promise: held, resolve: letGo } = Promise.withResolvers<{ output: string }>();
  const answers = [held, Promise.resolve({ output: '\0'.repeat(3 * 1024 ** 2) })];
  const methods = [serve(agentMethods.consoleLog, () => answers.shift() ?? held)];
  const client = new BusClient({
    identity: await HostIdentity.open(folder.path),
    describe: () => ({ name: 'here', machines: [] }),
    locator: new ControllerLocator(controller.controllerFile, controller.secretFile),
    dispatcher: new BusDispatcher(methods, silentLog),
    onConnected: async () => undefined,
    log: silentLog,
  });
  client.open();
  await controller.until(() => controller.hellos.length === 1);
  const args = { id: '00000000-0000-4000-8000-000000000001', lines: null };
  const first = controller.call(agentMethods.consoleLog, args);
  await expect(controller.call(agentMethods.consoleLog, args)).rejects.toMatchObject({ code: 'too_large' });
  letGo({ output: 'all is well' });
  expect(await first).toEqual({ output: 'all is well' });
  client.close();
  await controller.close();
});
