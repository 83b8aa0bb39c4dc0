import { describe, expect, it } from 'vitest';
import { type ConsoleCircumstances, type ConsoleEvent, type ConsoleState, nextConsoleState } from './console-state.ts';

const signedIn = (power: ConsoleCircumstances['power']): ConsoleCircumstances => ({ canRenew: true, power });
const byLink: ConsoleCircumstances = { canRenew: false, power: 'unknown' };
const first: ConsoleState = { phase: 'connecting', attempt: 0 };
const open: ConsoleState = { phase: 'open', attempt: 0 };

function stateAfter(state: ConsoleState, circumstances: ConsoleCircumstances, ...events: ConsoleEvent[]): ConsoleState {
  return events.reduce((current, event) => nextConsoleState(current, event, circumstances), state);
}

describe('a console of a machine one is signed in to', () => {
  it('opens when the far side answers', () => {
    expect(stateAfter(first, signedIn('on'), { type: 'opened' })).toEqual(open);
  });

  it('comes back after a break, and waits longer each time that fails', () => {
    const broke = stateAfter(open, signedIn('on'), { type: 'closed', code: 1006 });
    expect(broke).toEqual({ phase: 'waiting', attempt: 1, delayMs: 500, why: 'lost' });
    const again = stateAfter(broke, signedIn('on'), { type: 'retry' });
    expect(again).toEqual({ phase: 'connecting', attempt: 1 });
    const twice = stateAfter(again, signedIn('on'), { type: 'closed', code: 4500 });
    expect(twice).toEqual({ phase: 'waiting', attempt: 2, delayMs: 1000, why: 'host' });
  });

  it('rests while its host is away, also where nobody has told it that the line is dead, and dials when it is back', () => {
    const cut = stateAfter(open, signedIn('cut'), { type: 'machine', power: 'cut' });
    expect(cut).toEqual({ phase: 'cut' });
    expect(stateAfter(cut, signedIn('cut'), { type: 'closed', code: 4500 })).toEqual({ phase: 'cut' });
    expect(stateAfter(cut, signedIn('on'), { type: 'machine', power: 'on' })).toEqual(first);
    expect(stateAfter(cut, signedIn('off'), { type: 'machine', power: 'off' })).toEqual({ phase: 'off' });
  });

  it('never waits longer than a quarter of a minute', () => {
    let state: ConsoleState = open;
    for (let round = 0; round < 30; round++) {
      state = stateAfter(state, signedIn('on'), { type: 'closed', code: 1006 }, { type: 'retry' });
    }
    expect(stateAfter(state, signedIn('on'), { type: 'closed', code: 1006 })).toMatchObject({ delayMs: 15_000 });
  });

  it('begins to count anew once it was open', () => {
    const late: ConsoleState = { phase: 'connecting', attempt: 5 };
    const broke = stateAfter(late, signedIn('on'), { type: 'opened' }, { type: 'closed', code: 1006 });
    expect(broke).toMatchObject({ attempt: 1, delayMs: 500 });
  });

  it('rests while the machine is off and connects when it runs', () => {
    const off = stateAfter(open, signedIn('off'), { type: 'machine', power: 'off' });
    expect(off).toEqual({ phase: 'off' });
    expect(stateAfter(off, signedIn('on'), { type: 'machine', power: 'on' })).toEqual(first);
  });

  it('takes a refusal for a machine that is off as off, unless the machine is said to run', () => {
    const refusal: ConsoleEvent = { type: 'refused', status: 409, message: 'not ready' };
    expect(stateAfter(first, signedIn('off'), refusal)).toEqual({ phase: 'off' });
    expect(stateAfter(first, signedIn('on'), refusal)).toMatchObject({ phase: 'waiting', why: 'off' });
    expect(stateAfter(open, signedIn('off'), { type: 'closed', code: 4404 })).toEqual({ phase: 'off' });
    expect(stateAfter(open, signedIn('on'), { type: 'closed', code: 4404 })).toMatchObject({
      phase: 'waiting',
      why: 'off',
    });
  });

  it('asks for a new token where the old one has ended', () => {
    expect(stateAfter(first, signedIn('on'), { type: 'closed', code: 4401 })).toMatchObject({ phase: 'waiting' });
  });

  it('connects at once when the machine comes up while it waits', () => {
    const waiting = stateAfter(open, signedIn('off'), { type: 'closed', code: 1005 });
    expect(stateAfter(waiting, signedIn('on'), { type: 'machine', power: 'on' })).toEqual(first);
  });

  it('says what it was refused for, and tries again only when asked', () => {
    const refused = stateAfter(first, signedIn('on'), { type: 'refused', status: 403, message: 'not yours' });
    expect(refused).toEqual({ phase: 'refused', message: 'not yours' });
    expect(stateAfter(refused, signedIn('off'), { type: 'machine', power: 'off' })).toEqual(refused);
    expect(stateAfter(refused, signedIn('on'), { type: 'retry' })).toEqual(first);
  });

  it('is over with its machine', () => {
    const gone = stateAfter(first, signedIn('on'), { type: 'refused', status: 404, message: '' });
    expect(gone).toEqual({ phase: 'gone' });
    expect(stateAfter(open, signedIn('gone'), { type: 'machine', power: 'gone' })).toEqual(gone);
    expect(stateAfter(gone, signedIn('on'), { type: 'machine', power: 'on' }, { type: 'retry' })).toEqual(gone);
  });

  it('leaves an open console alone when asked to try again', () => {
    expect(stateAfter(open, signedIn('on'), { type: 'retry' })).toBe(open);
  });
});

describe('a console by a link', () => {
  it('ends with its token', () => {
    expect(stateAfter(open, byLink, { type: 'closed', code: 4401 })).toEqual({ phase: 'expired' });
  });

  it('keeps asking while the machine is off: nobody will tell it', () => {
    expect(stateAfter(open, byLink, { type: 'closed', code: 4404 })).toMatchObject({ phase: 'waiting', why: 'off' });
  });
});
