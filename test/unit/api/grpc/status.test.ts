import { describe, expect, it } from 'vitest';
import { ErrorInfo } from '../../../../internal/api/grpc/generated/google/rpc/error_details.ts';
import { Status } from '../../../../internal/api/grpc/generated/google/rpc/status.ts';
import { statusCode, toStatus, type CallStatus } from '../../../../internal/api/grpc/status.ts';
import { toCocosStatus } from '../../../../internal/api/grpc/cocos-status.ts';
import { catalogue, type ErrorCode } from '../../../../internal/errors/catalogue.ts';
import { ProtiumError } from '../../../../internal/errors/protium-error.ts';
import { asProtiumError } from '../../../../internal/api/http/problem.ts';
import { LibvirtConnectionError, LibvirtTimeoutError } from '../../../../internal/libvirt/error.ts';

const codes = Object.keys(catalogue) as ErrorCode[];

function errorInfo(status: CallStatus): ErrorInfo {
  const [bytes] = status.metadata.get('grpc-status-details-bin');
  const [any] = Status.decode(bytes as Buffer).details;
  expect(any?.typeUrl).toBe('type.googleapis.com/google.rpc.ErrorInfo');
  return ErrorInfo.decode(any?.value ?? Buffer.alloc(0));
}

describe('toStatus', () => {
  it.each(codes)('gives %s its status, its code in the trailers and a reason', (code) => {
    const status = toStatus(new ProtiumError(code, 'what is wrong'));
    expect(status.code).toBe(catalogue[code].grpc);
    expect(status.details).toBe('what is wrong');
    expect(status.metadata.get('protium-error-code')).toEqual([code]);
    const info = errorInfo(status);
    expect(info.domain).toBe('protium');
    expect(info.reason).toMatch(/^[A-Z][A-Z0-9_]+[A-Z0-9]$/);
    expect(info.reason.toLowerCase().replaceAll('_', '-')).toBe(code);
  });

  it('carries the details as text', () => {
    const details = { libvirtCode: 42, active: true, members: ['0000:01:00.0', '0000:01:00.1'], path: '/a' };
    expect(errorInfo(toStatus(new ProtiumError('libvirt-failed', 'x', { details }))).metadata).toEqual({
      libvirtCode: '42',
      active: 'true',
      members: '["0000:01:00.0","0000:01:00.1"]',
      path: '/a',
    });
  });

  it('keeps the header list small: long details are left out, a long message is cut', () => {
    const details = { document: 'x'.repeat(4000) };
    const status = toStatus(new ProtiumError('document-refused', 'm'.repeat(5000), { details }));
    expect(errorInfo(status).metadata).toEqual({});
    expect(errorInfo(status).reason).toBe('DOCUMENT_REFUSED');
    expect(status.details).toBe(`${'m'.repeat(1023)}…`);
  });

  it('does not tell the text of an error that is not ours', () => {
    const status = toStatus(new Error('password=hunter2'));
    expect(status.code).toBe(13);
    expect(status.metadata.get('protium-error-code')).toEqual(['internal']);
    expect(status.details).toBe(catalogue.internal.title);
  });

  it.each([
    [new LibvirtConnectionError('refused'), 'libvirt-unavailable'],
    [new LibvirtTimeoutError('domainGetXMLDesc', 100), 'deadline-exceeded'],
  ] as const)('tells what libvirt has said and nobody has translated: %s', (error, code) => {
    const status = toStatus(error);
    expect(status.metadata.get('protium-error-code')).toEqual([code]);
    expect(status.details).toContain(error.message);
    expect(asProtiumError(error)).toMatchObject({ code, message: status.details });
  });

  it('takes an unknown number for UNKNOWN', () => {
    expect(statusCode(14)).toBe(14);
    expect(statusCode(99)).toBe(2);
  });
});

describe('toCocosStatus', () => {
  const of = (code: ErrorCode, details = {}) => toCocosStatus(new ProtiumError(code, 'text', { details }));

  it.each(['file-not-found', 'path-forbidden'] as const)('%s is "entity not found"', (code) => {
    expect(of(code)).toMatchObject({ code: 2, details: 'entity not found' });
    expect(of(code).metadata.getMap()).toEqual({});
  });

  it.each(['argument-invalid', 'document-refused', 'not-found', 'state-conflict', 'libvirt-failed'] as const)(
    '%s is "malformed entity specification"',
    (code) => {
      expect(of(code)).toMatchObject({ code: 2, details: 'malformed entity specification' });
    },
  );

  it('passes the status of the agent on', () => {
    const status = of('agent-failed', { agentStatus: 3, agentMessage: 'bad computation' });
    expect(status).toMatchObject({ code: 3, details: 'bad computation' });
  });

  it.each(['libvirt-unavailable', 'deadline-exceeded', 'cancelled', 'interrupted', 'internal'] as const)(
    '%s keeps its own status',
    (code) => {
      expect(of(code)).toMatchObject({ code: catalogue[code].grpc, details: 'text' });
    },
  );
});
