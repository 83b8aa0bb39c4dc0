import { describe, expect, it } from 'vitest';
import { parseFault, toCloudError } from './cloud-error.ts';

const read = (status: number, body: unknown) => {
  const error = parseFault(status, typeof body === 'string' ? body : JSON.stringify(body), 'req-1');
  const { message, code, hint, field, origin, requestId } = error;
  return { status: error.status, message, code, hint, field, origin, requestId };
};
const base = { hint: undefined, field: undefined, requestId: 'req-1' };

describe('parseFault', () => {
  it('reads each API', () => {
    expect(read(400, { badRequest: { code: 400, message: 'name is too long' } })).toEqual({
      ...base,
      status: 400,
      message: 'name is too long',
      code: 'bad_request',
      origin: 'user',
    });
    expect(read(401, { error: { code: 401, message: 'no', title: 'Unauthorized' } })).toEqual({
      ...base,
      status: 401,
      message: 'no',
      code: 'unauthorized',
      origin: 'user',
    });
    expect(read(404, { code: '404 Not Found', title: 'Not Found', message: 'no image' })).toMatchObject({
      message: 'no image',
      code: 'not_found',
    });
    expect(read(409, { NeutronError: { type: 'Conflict', message: 'in use', detail: 'port.name' } })).toMatchObject({
      message: 'in use',
      code: 'conflict',
      field: 'port.name',
    });
    expect(
      read(507, {
        error: {
          kind: 'operational',
          code: 'disk_full',
          origin: 'agent',
          message: 'full',
          hint: 'Free some.',
          field: 'a.b',
        },
      }),
    ).toEqual({
      status: 507,
      message: 'full',
      code: 'disk_full',
      hint: 'Free some.',
      field: 'a.b',
      origin: 'agent',
      requestId: 'req-1',
    });
  });

  it('takes the field from the header where the body has no place for it', () => {
    const headers = new Headers({ 'cumulet-error-field': 'server.availability_zone' });
    const read = (body: unknown) => parseFault(400, JSON.stringify(body), 'req-1', headers).field;
    expect(read({ badRequest: { code: 400, message: 'no such zone' } })).toBe('server.availability_zone');
    expect(read({ error: { code: 'bad_request', message: 'no', field: 'limits' } })).toBe('limits');
  });

  it('reads text, pages and nothing', () => {
    expect(read(503, '<html><style>p{}</style><p>Down for\n maintenance</p></html>').message).toBe(
      'Down for maintenance',
    );
    expect(read(500, '')).toMatchObject({ message: 'HTTP 500', code: 'unexpected', origin: 'controller' });
    expect(read(400, '[]').message).toBe('[]');
    expect(read(400, { NeutronError: { message: 7 } }).message).toBe('HTTP 400');
  });

  it('takes anything thrown', () => {
    expect(toCloudError(new TypeError('x')).message).toBe('x');
    expect(toCloudError('y').message).toBe('y');
  });
});
