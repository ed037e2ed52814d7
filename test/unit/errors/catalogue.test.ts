import { describe, expect, it } from 'vitest';
import { catalogue } from '../../../internal/errors/catalogue.ts';
import { fromLibvirt } from '../../../internal/errors/from-libvirt.ts';
import { ProtiumError } from '../../../internal/errors/protium-error.ts';
import {
  LibvirtConnectionError,
  LibvirtError,
  LibvirtTimeoutError,
  UnsupportedCallError,
} from '../../../internal/libvirt/error.ts';

const libvirt = (code: number, systemErrno: number | null = null) =>
  new LibvirtError({ code, domain: 10, level: 2, message: 'text', call: 'domains.create', systemErrno });

describe('errors of libvirt', () => {
  it.each([
    [42, null, 'not-found'],
    [55, null, 'state-conflict'],
    [27, null, 'document-refused'],
    [92, null, 'document-refused'],
    [90, null, 'already-exists'],
    [67, null, 'host-incapable'],
    [1, null, 'libvirt-failed'],
    [9999, null, 'libvirt-failed'],
    [38, null, 'libvirt-failed'],
    [38, 28, 'storage-full'],
    [38, 13, 'permission-denied'],
    [38, 5, 'libvirt-failed'],
    [1, 28, 'libvirt-failed'],
  ] as const)('code %i, errno %s is %s', (code, errno, expected) => {
    const error = fromLibvirt(libvirt(code, errno), 'start it');
    expect(error.code).toBe(expected);
    expect(error.details).toMatchObject({
      libvirtCode: code,
      libvirtMessage: 'text',
      call: 'domains.create',
    });
    expect(error.message).toContain('Could not start it');
  });

  it('of the connection, the deadline and the driver have codes of their own', () => {
    expect(fromLibvirt(new LibvirtConnectionError('gone'), 'x').code).toBe('libvirt-unavailable');
    expect(fromLibvirt(new LibvirtTimeoutError('a.b', 5), 'x').code).toBe('deadline-exceeded');
    expect(fromLibvirt(new UnsupportedCallError('a.b', 'virsh'), 'x').code).toBe('unsupported');
    expect(fromLibvirt(new Error('?'), 'x').code).toBe('internal');
  });

  it('leave an error of ours as it is', () => {
    const error = new ProtiumError('busy', 'wait');
    expect(fromLibvirt(error, 'x')).toBe(error);
    expect(error.retryable).toBe(true);
  });
});

describe('the catalogue', () => {
  it.each(Object.entries(catalogue))('%s has statuses that exist and a title', (code, entry) => {
    expect(code).toMatch(/^[a-z]+(-[a-z]+)*$/);
    expect(entry.http).toBeGreaterThanOrEqual(400);
    expect(entry.http).toBeLessThan(600);
    expect(entry.grpc).toBeGreaterThanOrEqual(1);
    expect(entry.grpc).toBeLessThanOrEqual(16);
    expect(entry.title).toMatch(/^(?:[A-Z]|libvirt ).*[^.]$/);
  });
});
