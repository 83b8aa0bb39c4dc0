import { expect, test } from 'vitest';
import { WebSocket } from 'ws';
import { once } from '../contract/testing/waiting.ts';
import { anonymousContext } from '../policy/authorization.ts';
import { EdgeFixture } from './edge.fixture.ts';
import { Sessions } from './sessions.ts';

test('one person has as many sockets as may be, and another one when one has ended', async () => {
  const sessions = new Sessions(async (session) => ({ ...anonymousContext('req-1'), userId: session.slice(0, 3) }), 2);
  const edge = await EdgeFixture.open([], {
    prepare: ({ fastify }) => {
      fastify.get<{ Params: { token: string } }>('/as/:token', { websocket: true }, async (socket, request) => {
        if (await sessions.add(request.params.token, socket)) socket.send('welcome');
      });
    },
  });
  try {
    const open = async (token: string) => {
      const socket = new WebSocket(`${edge.origin.replace('http', 'ws')}/as/${token}`);
      const ended = once(socket, 'close').then(([code]) => ({ socket, ended: code }));
      return await Promise.race([once(socket, 'message').then(() => ({ socket, ended: null })), ended]);
    };
    const first = await open('ada-1');
    expect([first.ended, (await open('ada-2')).ended]).toEqual([null, null]);
    expect([(await open('ada-3')).ended, (await open('bob-1')).ended]).toEqual([1013, null]);
    // The server's side ends before it answers the close.
    first.socket.close();
    await once(first.socket, 'close');
    expect((await open('ada-3')).ended).toBeNull();
  } finally {
    await edge.close();
  }
});

test('the end of a sign-in closes its sockets and no others, and later ones at once; each is asked about once', async () => {
  const asked: string[] = [];
  const ended = new Set<string>();
  const sessions = new Sessions(async (session) => {
    asked.push(session);
    return ended.has(session) ? undefined : anonymousContext('req-1');
  });
  const edge = await EdgeFixture.open([], {
    prepare: ({ fastify }) => {
      fastify.get<{ Params: { token: string } }>('/as/:token', { websocket: true }, (socket, request) =>
        sessions.add(request.params.token, socket),
      );
    },
  });
  try {
    const open = async (token: string) => {
      const socket = new WebSocket(`${edge.origin.replace('http', 'ws')}/as/${token}`);
      await once(socket, 'open');
      return socket;
    };
    const ending = [await open('one'), await open('one')];
    const other = await open('two');
    const closed = Promise.all(ending.map((socket) => once(socket, 'close')));
    asked.length = 0;
    ended.add('one');
    await sessions.recheck();
    expect(asked).toEqual(['one', 'two']);
    expect((await closed).map(([code]) => code)).toEqual([4401, 4401]);
    expect(other.readyState).toBe(WebSocket.OPEN);
    const [code] = await once(await open('one'), 'close');
    expect(code).toBe(4401);
    const gone = once(other, 'close');
    other.close();
    await gone;
  } finally {
    await edge.close();
  }
});
