import { afterEach, expect, inject, it } from 'vitest';
import { call, type JsonAnswer } from '../system/daemon.ts';
import { gpu, gpuAudio } from './devices.ts';
import { configWith, holderOf, onHostDrivers, onVfio, register, removeDomains } from './support.ts';
import { testHost } from './test-host.ts';

const host = testHost(inject('testHost'));
const card = [gpu, gpuAudio];

afterEach(() => removeDomains(host));

/** Waits for the operation and tells how it ended. */
async function outcome(answer: JsonAnswer): Promise<unknown> {
  expect(answer.status).toBe(202);
  const { body } = await call(host, 'GET', `${answer.headers.get('location') ?? ''}/wait?timeoutSeconds=100`);
  return (body['operation'] as { state: string }).state;
}

it('a VM that is stopped gives its devices back and keeps the claim; started again it has them', async () => {
  expect((await register(host, 'again', configWith(gpu))).status).toBe(200);
  expect(await outcome(await call(host, 'POST', '/v1/instances/again/stop', { force: true }))).toBe(
    'OPERATION_STATE_SUCCEEDED',
  );
  expect(await host.states(card)).toEqual(onHostDrivers(card));
  expect(await holderOf(host, gpu)).toBe('again');

  expect(await outcome(await call(host, 'POST', '/v1/instances/again/start', {}))).toBe(
    'OPERATION_STATE_SUCCEEDED',
  );
  expect(await host.virsh('domstate', 'again')).toBe('running');
  expect(await host.states(card)).toEqual(onVfio(card));
});
