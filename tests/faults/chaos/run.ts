import { parseArgs } from 'node:util';
import { describeFailures, runChaos } from './run-chaos.ts';

const { values } = parseArgs({
  options: {
    seed: { type: 'string' },
    rounds: { type: 'string', default: '10' },
    hypervisor: { type: 'string', default: 'mixed' },
  },
});
const seed = Number(values.seed ?? Math.floor(Math.random() * 2 ** 31));
const rounds = Number(values.rounds);
const { hypervisor } = values;
if (!Number.isSafeInteger(seed) || seed < 0 || !Number.isSafeInteger(rounds) || rounds < 1) {
  throw new Error('--seed and --rounds are whole numbers');
}
if (hypervisor !== 'mixed' && hypervisor !== 'qemu' && hypervisor !== 'simulated') {
  throw new Error('--hypervisor is mixed, qemu or simulated');
}

const failed = await runChaos({ seed, rounds, hypervisor, say: (line) => console.log(line) });
console.log(
  failed.length === 0
    ? `All ${rounds} rounds hold.`
    : `${failed.length} of ${rounds} do not hold.\n${describeFailures(failed)}`,
);
// Not left to end by itself: Node may wait for ever for a socket that was reset with bytes still to send.
process.exit(failed.length === 0 ? 0 : 1);
