import { randomUUID } from 'node:crypto';
import { type IncomingMessage, type Server, STATUS_CODES } from 'node:http';
import type { Duplex } from 'node:stream';
import { UserError } from '../contract/errors.ts';
import { faultBody } from './fault.ts';

/** By the parser's codes. */
const REFUSALS: Readonly<Record<string, readonly [status: number, message: string]>> = {
  HPE_HEADER_OVERFLOW: [431, 'The headers of the request are too large.'],
  ERR_HTTP_REQUEST_TIMEOUT: [408, 'The request did not arrive in time.'],
};

/** What the parser of requests gives up on never reaches a route. */
export function answerClientError(error: Error & { code?: string }, socket: Duplex): void {
  if (error.code === 'ECONNRESET' || !socket.writable) {
    socket.destroy();
    return;
  }
  const [status, message] = REFUSALS[error.code ?? ''] ?? [400, 'The request is not valid HTTP.'];
  refuse(socket, status, message);
}

/** Expectations but for `100-continue`, and tunnels: nothing here has them. */
export function refuseUnusual(server: Server): void {
  server.on('checkExpectation', (request: IncomingMessage) => {
    refuse(request.socket, 417, 'The expectation of the request cannot be met.');
  });
  server.on('connect', (_request: IncomingMessage, socket: Duplex) => {
    refuse(socket, 405, 'The method CONNECT is not allowed for this resource.');
  });
}

/** Written by hand: there is no request to answer. */
function refuse(socket: Duplex, status: number, message: string): void {
  const error = new UserError('bad_request', message);
  const body = JSON.stringify(faultBody('v1', error));
  const head = [
    `HTTP/1.1 ${status} ${STATUS_CODES[status]}`,
    'content-type: application/json; charset=utf-8',
    `content-length: ${Buffer.byteLength(body)}`,
    `x-openstack-request-id: req-${randomUUID()}`,
    'x-content-type-options: nosniff',
    'connection: close',
  ];
  socket.end(`${head.join('\r\n')}\r\n\r\n${body}`);
}
