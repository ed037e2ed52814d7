import { logVerbosity, setLogger } from '@grpc/grpc-js';
import { getLogger, log as grpcSays } from '@grpc/grpc-js/build/src/logging.js';
import { describe, expect, it, onTestFinished } from 'vitest';
import { ProtiumError } from '../../../internal/errors/protium-error.ts';
import { LibvirtError } from '../../../internal/libvirt/error.ts';
import { logGrpcLibrary } from '../../../internal/observability/grpc-log.ts';
import { createLog } from '../../../internal/observability/log.ts';

/** A log and the lines that it has written, parsed. */
function captured() {
  const lines: Record<string, unknown>[] = [];
  const write = (text: string) => void lines.push(JSON.parse(text) as Record<string, unknown>);
  return { log: createLog({ level: 'debug', format: 'auto' }, { write }), lines };
}

describe('an error in the log', () => {
  const refusal = new LibvirtError({
    code: 67,
    domain: 10,
    level: 2,
    message: 'unsupported configuration',
    call: 'domains.define',
  });

  it('that was foreseen stands with its details and its cause, without stacks', () => {
    const { log, lines } = captured();
    const details = { path: '/var/lib/x.xml', members: ['0000:01:00.0', '0000:01:00.1'] };
    log.warn(
      {
        err: new ProtiumError('document-refused', 'libvirt refuses it.', { details, cause: refusal }),
      },
      'refused',
    );
    expect(lines[0]).toEqual({
      level: 'warn',
      message: 'refused',
      time: expect.stringMatching(/^\d{4}-.*Z$/) as string,
      err: {
        type: 'ProtiumError',
        code: 'document-refused',
        message: 'libvirt refuses it.',
        details,
        cause: {
          type: 'LibvirtError',
          message: 'unsupported configuration',
          code: 67,
          domain: 10,
          level: 2,
          call: 'domains.define',
        },
      },
    });
  });

  it('that nobody foresaw stands with the place where it began', () => {
    const { log, lines } = captured();
    const cause = new TypeError('x is not a function');
    log.error({ err: new ProtiumError('internal', 'Protium failed.', { cause }) });
    const text = JSON.stringify(lines[0]);
    expect(lines[0]).toMatchObject({ err: { cause: { type: 'TypeError', message: 'x is not a function' } } });
    expect(text).toContain('log.test.ts');
  });

  it('stays readable whatever it holds', () => {
    const { log, lines } = captured();
    const long = 'x'.repeat(100_000);
    const error = Object.assign(new Error(long), {
      path: long,
      code: 'ENOENT',
      request: { headers: { authorization: 'Basic c2VjcmV0' } },
      buffer: Buffer.alloc(100_000),
    });
    const circle: Error & { cause?: unknown } = new Error('circle');
    circle.cause = circle;
    log.error({ err: new AggregateError([error, circle, 'text', ...Array<string>(1000).fill('more')]) });
    const text = JSON.stringify(lines[0]);
    expect(text.length).toBeLessThan(25_000);
    expect(text).not.toContain('c2VjcmV0');
    expect(lines[0]).toMatchObject({
      err: {
        type: 'AggregateError',
        errors: [{ code: 'ENOENT' }, { message: 'circle' }, { type: 'string' }, {}, {}, {}, {}, {}, {}, {}],
      },
    });
  });
});

it('secrets are not in the log, at the top or one level below', () => {
  const { log, lines } = captured();
  const secrets = {
    authorization: 'a1',
    cookie: 'b2',
    password: 'c3',
    token: 'd4',
    secret: 'e5',
    privateKey: 'f6',
  };
  log.info({ ...secrets, user: secrets });
  const hidden = Object.fromEntries(Object.keys(secrets).map((name) => [name, '[redacted]']));
  expect(lines[0]).toMatchObject({ ...hidden, user: hidden });
});

it('what grpc-js says by itself is a line of ours', () => {
  const before = getLogger();
  onTestFinished(() => setLogger(before));
  const { log, lines } = captured();
  logGrpcLibrary(log);
  grpcSays(logVerbosity.ERROR, 'no address added', { port: 1 });
  expect(lines).toMatchObject([{ level: 'warn', message: 'grpc-js: no address added { port: 1 }' }]);
});
