import { execa } from 'execa';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { ErrorInfo } from '../../../internal/api/grpc/generated/google/rpc/error_details.ts';
import { startFakeDaemon } from './fake-daemon.ts';

/** buf curl: a strict client in Go that builds its schema from reflection alone. */
let daemon: Awaited<ReturnType<typeof startFakeDaemon>>;

beforeAll(async () => {
  daemon = await startFakeDaemon();
});
afterAll(() => daemon.stop());

const errorShape = z.object({
  code: z.string(),
  message: z.string(),
  details: z.array(z.object({ type: z.string(), value: z.string() })),
});

const root = join(import.meta.dirname, '../../..');

function buf(path: string, ...args: string[]) {
  const plain = ['curl', '--protocol', 'grpc', '--http2-prior-knowledge'];
  return execa('buf', [...plain, ...args, `http://${daemon.address}${path}`], {
    preferLocal: true,
    localDir: root,
    reject: false,
  });
}

/** The messages of the answer. */
async function call(method: string, body: object, ...args: string[]): Promise<unknown[]> {
  const { stdout, stderr } = await buf(`/${method}`, '--data', JSON.stringify(body), ...args);
  expect(stderr).toBe('');
  return stdout.split(/(?<=^\})\n/m).map((text): unknown => JSON.parse(text));
}

describe.each(['grpc-v1', 'grpc-v1alpha'])('buf curl by reflection %s', (version) => {
  const by = ['--reflect-protocol', version];

  it('lists the services', async () => {
    const { stdout } = await buf('', '--list-services', ...by);
    expect(stdout.split('\n')).toContain('manager.ManagerService');
    expect(stdout.split('\n')).toContain('protium.v1.OperationsService');
  });

  it('sends a message that imports Timestamp', async () => {
    const body = {
      name: 'mean',
      owner: 'ann',
      datasets: ['d1'],
      algorithms: ['a1'],
      ttl: 32,
      startTime: '2026-01-02T03:04:05.678Z',
      endTime: '2026-01-02T04:04:05Z',
    };
    for (const service of ['manager.ManagerService', 'manager_proto.ManagerService']) {
      expect(await call(`${service}/Run`, body, ...by)).toEqual([{ ID: 'structured mean' }]);
    }
  });

  it('reads messages that import Timestamp and Struct, from a stream', async () => {
    const seen = await call('protium.v1.OperationsService/WatchOperation', { id: 'op-1' }, ...by);
    expect(seen).toMatchObject([
      { operation: { state: 'OPERATION_STATE_RUNNING', createTime: '2026-01-02T03:04:05.678Z' } },
      { operation: { state: 'OPERATION_STATE_SUCCEEDED', result: { name: 'alpine' } } },
    ]);
  });

  it('reads the details of an error', async () => {
    const body = JSON.stringify({ pool: 'missing.xml' });
    const { stderr, exitCode } = await buf('/manager.ManagerService/CreateDomain', '--data', body, ...by);
    expect(exitCode).toBeGreaterThan(0);
    const error = errorShape.parse(JSON.parse(stderr));
    expect(error).toMatchObject({ code: 'not_found', message: 'missing.xml cannot be read.' });
    expect(error.details.map(({ type }) => type)).toEqual(['google.rpc.ErrorInfo']);
    expect(ErrorInfo.decode(Buffer.from(error.details[0]?.value ?? '', 'base64'))).toEqual({
      reason: 'FILE_NOT_FOUND',
      domain: 'protium',
      metadata: { path: 'missing.xml' },
    });
  });
});
