import { describe, expect, it } from 'vitest';
import {
  AppError,
  internalError,
  invalidParameters,
  notFound,
  defineError,
} from '../../src/http/app-error.js';
import { renderError } from '../../src/http/families.js';
import { toAppError } from '../../src/http/to-app-error.js';

describe('errors', () => {
  it('maps errors of PostgreSQL, network and file system to HTTP statuses', () => {
    const withCode = (code: string, more: object = {}) =>
      Object.assign(new Error('secret'), { code, ...more });
    const status = (thrown: unknown) => toAppError(thrown).definition.status;
    expect(status(withCode('22P02'))).toBe(400);
    expect(status(withCode('22021'))).toBe(400);
    expect(status(withCode('08P01'))).toBe(400);
    expect(status(withCode('08006'))).toBe(503);
    expect(status(withCode('57014'))).toBe(503);
    expect(status(withCode('57P01'))).toBe(503);
    expect(status(withCode('55P03'))).toBe(503);
    expect(status(withCode('53300'))).toBe(503);
    expect(status(withCode('53100'))).toBe(507);
    expect(status(withCode('42601'))).toBe(500);
    expect(status(withCode('23505'))).toBe(500);
    expect(status(withCode('ECONNREFUSED', { syscall: 'connect' }))).toBe(503);
    expect(status(withCode('ENOENT', { syscall: 'connect' }))).toBe(503);
    expect(status(withCode('ENOENT', { syscall: 'open' }))).toBe(500);
    expect(status(new Error('timeout exceeded when trying to connect'))).toBe(503);
    expect(status('text')).toBe(500);
    expect(toAppError(withCode('57014')).extra.retryAfter).toBeGreaterThan(0);
    expect(toAppError(withCode('42601')).definition.message).not.toContain('secret');
  });

  it('renders an error in the envelope of its family', () => {
    const error = invalidParameters({ details: [{ field: 'a', messages: ['b'] }] });
    expect(renderError('A', error)).toEqual({
      data: 'Invalid parameters',
      code: 400,
      errors: [{ field: 'a', messages: ['b'] }],
    });
    expect(renderError('C', notFound())).toEqual({ data: 'Not found', code: 404 });
    const photo = defineError(404, 'Invalid Photo Id', '327');
    expect(renderError('D', photo())).toEqual({
      Response: 'Error',
      Message: 'Invalid Photo Id',
      Data: null,
      ErrorCode: '327',
    });
    expect(renderError('D', new AppError(internalError))).toMatchObject({ ErrorCode: '500' });
  });
});
