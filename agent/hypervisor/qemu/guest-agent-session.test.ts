import { type Duplex, duplexPair } from 'node:stream';
import { expect, test } from 'vitest';
import { GuestAgentSession, GuestRefusal, GuestSilent, guestText } from './guest-agent-session.ts';

const DELIMITER = Buffer.from([0xff]);
/** Long enough for whatever answers, milliseconds. */
const PATIENT = 30_000;
/** For guests from which nothing comes. */
const SHORT = 50;

interface Question {
  execute: string;
  arguments?: { id?: number };
}

/** A guest that answers each question with what `answer` says. */
function guest(answer: (question: Question, guest: Duplex) => string | Buffer | null, withinMs = PATIENT) {
  const [host, inside] = duplexPair();
  let read = '';
  inside.on('data', (chunk: Buffer) => {
    const lines = (read + chunk.toString('latin1').replaceAll('\xff', '')).split('\n');
    read = lines.pop() ?? '';
    for (const line of lines) {
      const said = answer(JSON.parse(line), inside);
      if (said !== null) inside.write(said);
    }
  });
  return { inside, session: new GuestAgentSession(host, withinMs) };
}

const honest = (others: (question: Question) => string | null) => (question: Question) => {
  if (question.execute !== 'guest-sync-delimited') return others(question);
  return Buffer.concat([DELIMITER, Buffer.from(`{"return": ${question.arguments?.id}}\n`)]);
};

async function silenceOf(work: Promise<unknown>): Promise<string> {
  const error = await work.then(
    () => null,
    (thrown) => thrown,
  );
  expect(error).toBeInstanceOf(GuestSilent);
  return error.silence;
}

test('an answer is to what was asked, whatever was written before it', async () => {
  const { inside, session } = guest(honest(({ execute }) => `{"return": "${execute}"}\n`));
  inside.write('{"return": {}}\n{"return":');
  inside.write(Buffer.concat([DELIMITER, Buffer.from('{"return": 1}\n'), DELIMITER, Buffer.from('nonsense\n')]));
  await session.open();
  expect(await session.ask('one')).toBe('one');
  expect(await session.ask('two', { with: 'this' })).toBe('two');
  session.close();
  await expect(session.ask('three')).rejects.toBeInstanceOf(GuestSilent);
});

test('an answer comes in pieces', async () => {
  const whole = Buffer.from('{"return": "中文"}\n');
  const { inside, session } = guest(honest(() => null));
  await session.open();
  const answer = session.ask('one');
  for (const byte of whole) inside.write(Buffer.from([byte]));
  expect(await answer).toBe('中文');
});

test('a refusal is the words of the guest, cut short and on one line', async () => {
  const desc = `no\n\u001b[31m\u202e${'x'.repeat(5_000)}`;
  const { session } = guest(honest(() => `${JSON.stringify({ error: { class: 'GenericError', desc } })}\n`));
  await session.open();
  const refusal = await session.ask('one').catch((error: Error) => error);
  if (!(refusal instanceof GuestRefusal)) throw new Error('It was not refused.');
  expect(refusal.message).toMatch(/^no \[31m x+$/);
  expect(refusal.message.length).toBeLessThanOrEqual(255);
  expect(guestText('\u0007')).toBe('');
});

test.each([
  ['says nothing', () => null],
  ['answers with another number', () => Buffer.concat([DELIMITER, Buffer.from('{"return": 7}\n')])],
  ['answers without a delimiter', ({ arguments: told }: Question) => `{"return": ${told?.id}}\n`],
])('a guest that %s is silent', async (_name, answer) => {
  const { session } = guest(answer, SHORT);
  expect(await silenceOf(session.open())).toBe('silent');
});

test('a guest that goes away is silent', async () => {
  const { session } = guest(
    honest(() => null),
    PATIENT,
  );
  await session.open();
  const { session: gone } = guest((_question, end) => {
    end.end();
    return null;
  });
  expect(await silenceOf(gone.open())).toBe('silent');
  session.close();
});

test.each([
  ['is not JSON', '{{{\n'],
  ['is no object', '[]\n'],
  ['is neither an answer nor an error', '{"event": 1}\n'],
  ['is nested without end', `${'['.repeat(200_000)}\n`],
  ['has no end', 'x'.repeat(600_000)],
])('what %s is nonsense', async (_name, line) => {
  const { session } = guest(honest(() => line));
  await session.open();
  expect(await silenceOf(session.ask('one'))).toBe('nonsense');
});

test('a flood ends it, before anything was answered and after', async () => {
  const flood = Buffer.alloc(64 * 1024, 0x20);
  const pour = (inside: Duplex) => {
    for (let times = 0; times < 10; times++) inside.write(flood);
    return null;
  };
  const { session } = guest((_question, inside) => pour(inside));
  expect(await silenceOf(session.open())).toBe('nonsense');
  const line = `{"return": "${'x'.repeat(50_000)}"}\n`;
  const talkative = guest(honest(() => line));
  await talkative.session.open();
  const answers = Array.from({ length: 20 }, () => () => talkative.session.ask('more'));
  expect(await silenceOf(answers.reduce((before, next) => before.then(next), Promise.resolve<unknown>(null)))).toBe(
    'nonsense',
  );
});
