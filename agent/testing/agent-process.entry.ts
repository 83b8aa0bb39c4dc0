import pino from 'pino';
import { runAgent } from '../agent.ts';

/** An agent as a process of its own, for tests that kill it. Arguments: data folder, controller file, secret file. */
const [dataDir = '', controllerFile = '', secretFile = ''] = process.argv.slice(2);
const log = pino({ level: 'info' }, pino.destination({ dest: 2, sync: true }));
await runAgent({ dataDir, hostName: 'here', hypervisor: 'qemu', controllerFile, secretFile, log });
