import { status, type ServiceError } from '@grpc/grpc-js';
import { CommanderError } from 'commander';
import { describe, expect, it } from 'vitest';
import { describeCallError } from '../../../cmd/protium/connection/call-error.ts';
import { exitCodes, exitOf } from '../../../cmd/protium/exit-codes.ts';
import { Failure } from '../../../cmd/protium/failure.ts';
import { requireSuccess } from '../../../cmd/protium/operations/ended.ts';
import { reportFailure } from '../../../cmd/protium/report-failure.ts';
import {
  OperationState,
  type Operation,
} from '../../../internal/api/grpc/generated/protium/v1/operations.ts';
import { toStatus } from '../../../internal/api/grpc/status.ts';
import { ProtiumError } from '../../../internal/errors/protium-error.ts';

/** As grpc-js gives the client what the daemon ended a call with. */
function received(error: ProtiumError): ServiceError {
  return Object.assign(new Error(error.message), toStatus(error));
}

describe('an error of the daemon', () => {
  it('keeps its code, sentence and facts', () => {
    const error = new ProtiumError('not-found', 'There is no instance "web".', { details: { name: 'web' } });
    const failure = describeCallError(received(error), 'host:1');
    expect(failure).toMatchObject({
      code: 'not-found',
      message: error.message,
      exit: 'notFound',
      details: { name: 'web' },
    });
    expect(reportFailure(failure, 'table')).toEqual({
      text: 'protium: There is no instance "web". (not-found)\n',
      exitCode: 3,
    });
  });

  it('has its reasons as a list, and nothing for the terminal to obey', () => {
    const reasons = ['memory-short: 1 MiB is free.', 'device-taken: by \u001B[31mweb.'];
    const error = new ProtiumError('host-incapable', reasons.join(' '), { details: { reasons } });
    const failure = describeCallError(received(error), 'host:1');
    expect(reportFailure(failure, 'table')).toEqual({
      text: 'protium: This host cannot give it. (host-incapable)\n  - memory-short: 1 MiB is free.\n  - device-taken: by \u{FFFD}[31mweb.\n',
      exitCode: 4,
    });
    const { text } = reportFailure(failure, 'json');
    expect(JSON.parse(text)).toEqual({
      code: 'host-incapable',
      message: 'This host cannot give it.',
      reasons,
      details: { reasons },
      exitCode: 4,
    });
  });

  it('of a newer daemon is a failure', () => {
    expect(exitOf('never-heard-of')).toBe('failed');
    expect(exitOf('toString')).toBe('failed');
  });
});

it.each([status.UNAVAILABLE, status.DEADLINE_EXCEEDED, status.UNIMPLEMENTED, status.INTERNAL])(
  'without a code of the catalogue (%s) it is the connection',
  (code) => {
    const { metadata } = toStatus(null);
    metadata.remove('protium-error-code');
    const error = Object.assign(new Error(''), { code, details: 'connect ECONNREFUSED', metadata });
    const failure = describeCallError(error, 'host:1');
    expect(failure.message).toContain('host:1');
    expect(reportFailure(failure, 'table').exitCode).toBe(exitCodes.unreachable.number);
  },
);

describe('several failures', () => {
  const failure = (exit: 'notFound' | 'refused') => new Failure('x', `no ${exit}.`, { exit });

  it.each([
    [['notFound', 'notFound'] as const, 3],
    [['notFound', 'refused'] as const, 1],
  ])('%j end with one code', (exits, exitCode) => {
    const report = reportFailure(new AggregateError(exits.map(failure)), 'table');
    expect(report.exitCode).toBe(exitCode);
    expect(report.text.trim().split('\n')).toHaveLength(2);
  });
});

it('a wrong command line is a failure like others; its help is none', () => {
  const unknown = new CommanderError(1, 'commander.unknownCommand', "error: unknown command 'x'");
  expect(reportFailure(unknown, 'json')).toMatchObject({ exitCode: 2 });
  expect(JSON.parse(reportFailure(unknown, 'json').text)).toMatchObject({ code: 'usage' });
  expect(reportFailure(new CommanderError(0, 'commander.helpDisplayed', ''), 'table')).toEqual({
    text: '',
    exitCode: 0,
  });
  expect(reportFailure(new CommanderError(1, 'commander.help', ''), 'table')).toEqual({
    text: '',
    exitCode: 2,
  });
});

describe('an operation that has ended', () => {
  const operation = (part: Partial<Operation>): Operation => ({
    id: 'o-1',
    kind: 'instance.start',
    state: OperationState.OPERATION_STATE_FAILED,
    resources: [],
    steps: [],
    cancelRequested: false,
    ...part,
  });

  it('well is no failure', () => {
    const succeeded = operation({ state: OperationState.OPERATION_STATE_SUCCEEDED });
    expect(() => requireSuccess(succeeded, 'web')).not.toThrow();
  });

  it.each([
    ['host-incapable', 4],
    ['libvirt-failed', 1],
  ])('with %s fails like it', (code, exitCode) => {
    const error = { code, message: 'It did not.', leftBehind: ['volume x'] };
    let caught: unknown;
    try {
      requireSuccess(operation({ error }), 'web');
    } catch (failure) {
      caught = failure;
    }
    expect(reportFailure(caught, 'table')).toEqual({
      text: `protium: web: It did not. (${code})\n  - left behind: volume x\n`,
      exitCode,
    });
  });

  it('by a cancel says so', () => {
    const cancelled = operation({ state: OperationState.OPERATION_STATE_CANCELLED });
    expect(() => requireSuccess(cancelled, 'web')).toThrow('web: the operation was cancelled.');
  });
});
