import { execa } from 'execa';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startFakeDaemon } from './fake-daemon.ts';

/** Debian's python3-grpcio: another implementation of gRPC (C core), another one of protobuf. */
let daemon: Awaited<ReturnType<typeof startFakeDaemon>>;

beforeAll(async () => {
  daemon = await startFakeDaemon();
});
afterAll(() => daemon.stop());

async function python(scenario: string): Promise<unknown> {
  const script = join(import.meta.dirname, 'client.py');
  const descriptors = join(import.meta.dirname, '../../../proto/descriptors.binpb');
  // The distribution's interpreter: one that stands before it in PATH does not see the distribution's packages.
  const { stdout } = await execa('/usr/bin/python3', [script, daemon.address, descriptors, scenario]);
  return JSON.parse(stdout);
}

const all = [
  'grpc.health.v1.Health',
  'grpc.reflection.v1.ServerReflection',
  'grpc.reflection.v1alpha.ServerReflection',
  'manager.ManagerService',
  'manager_proto.ManagerService',
  'protium.v1.ComputationsService',
  'protium.v1.DomainsService',
  'protium.v1.OperationsService',
];

describe('python3-grpcio', () => {
  it('lists the services by reflection v1 and v1alpha', async () => {
    expect(await python('services')).toEqual({ v1: all, v1alpha: all });
  });

  it('calls the Cocos manager by both names', async () => {
    const service = {
      structured: { ID: 'structured mean' },
      blob: { ID: 'blob {"id":"1"}' },
      invalid: {
        code: 'INVALID_ARGUMENT',
        errorCode: 'argument-invalid',
        statusCode: 3,
        details: expect.stringContaining('name must not be empty') as string,
        info: {
          reason: 'ARGUMENT_INVALID',
          domain: 'protium',
          metadata: {
            fields: '["name","owner","datasets","algorithms","ttl"]',
            problems: expect.stringContaining('ttl must be above 0') as string,
          },
        },
      },
      domain: {
        message: { name: 'made from dom.xml' },
        initial: {
          'protium-notice': 'no KVM here',
          'x-request-id': expect.stringMatching(/^[0-9a-f-]{36}$/) as string,
        },
      },
      missing: {
        code: 'NOT_FOUND',
        details: 'missing.xml cannot be read.',
        errorCode: 'file-not-found',
        statusCode: 5,
        info: { reason: 'FILE_NOT_FOUND', domain: 'protium', metadata: { path: 'missing.xml' } },
      },
    };
    const seen = (await python('manager')) as Record<string, { domain: { initial: Record<string, string> } }>;
    expect(Object.keys(seen).sort()).toEqual(['manager.ManagerService', 'manager_proto.ManagerService']);
    for (const each of Object.values(seen)) expect(each).toMatchObject(service);
  });

  it('gets DEADLINE_EXCEEDED', async () => {
    expect(await python('deadline')).toMatchObject({ code: 'DEADLINE_EXCEEDED' });
  });

  it('gets UNIMPLEMENTED for what there is not', async () => {
    expect(await python('unknown')).toEqual({ method: 'UNIMPLEMENTED', service: 'UNIMPLEMENTED' });
  });

  it('checks, lists and watches the health', async () => {
    const serving = { status: 'SERVING' };
    const services = all.filter((name) => !name.startsWith('grpc.'));
    expect(await python('health')).toEqual({
      check: serving,
      unknown: 'NOT_FOUND',
      list: { statuses: Object.fromEntries(['', ...services].map((name) => [name, serving])) },
      watch: [serving],
    });
  });

  it('reads domains, operations and computations', async () => {
    expect(await python('native')).toMatchObject({
      domains: {
        viewAgeMs: '0',
        domains: [{ name: 'alpine', id: 7, state: 'DOMAIN_STATE_RUNNING', memoryKib: '786432', vcpus: 1 }],
      },
      operation: {
        operation: {
          state: 'OPERATION_STATE_SUCCEEDED',
          result: { name: 'alpine' },
          createTime: '2026-01-02T03:04:05.678Z',
        },
      },
      watch: [
        { operation: { state: 'OPERATION_STATE_RUNNING' } },
        { operation: { state: 'OPERATION_STATE_SUCCEEDED', endTime: '2026-01-02T03:04:07Z' } },
      ],
      cancel: { code: 'FAILED_PRECONDITION', errorCode: 'state-conflict' },
      computation: { computation: { id: 'c1', expireTime: '1970-01-01T01:00:01Z' }, payload: 'YWJj' },
    });
  });
});
