import type { IDisposable, Terminal } from '@xterm/xterm';

/**
 * Terminals answer questions in what they show (where is the cursor, what are you). The scrollback replayed at each
 * connection is full of old questions, and several windows may show one line: answers to those would be typed into the
 * guest as garbage. `mayReply` says whether this terminal is the one to answer now.
 */
export function gateReplies(terminal: Terminal, mayReply: () => boolean): IDisposable {
  const { parser } = terminal;
  // True ends the handling of a sequence, false leaves it to the terminal.
  const hold = (): boolean => !mayReply();
  const isQuestion = (data: string): boolean => data.includes('?') && hold();
  const handlers = [
    parser.registerCsiHandler({ final: 'n' }, hold),
    parser.registerCsiHandler({ prefix: '?', final: 'n' }, hold),
    parser.registerCsiHandler({ final: 'c' }, hold),
    parser.registerCsiHandler({ prefix: '>', final: 'c' }, hold),
    parser.registerCsiHandler({ prefix: '=', final: 'c' }, hold),
    parser.registerCsiHandler({ intermediates: '$', final: 'p' }, hold),
    parser.registerCsiHandler({ prefix: '?', intermediates: '$', final: 'p' }, hold),
    parser.registerCsiHandler({ prefix: '>', final: 'q' }, hold),
    parser.registerDcsHandler({ intermediates: '$', final: 'q' }, hold),
    ...[4, 10, 11, 12].map((number) => parser.registerOscHandler(number, isQuestion)),
  ];
  return {
    dispose: () => {
      for (const handler of handlers) handler.dispose();
    },
  };
}
