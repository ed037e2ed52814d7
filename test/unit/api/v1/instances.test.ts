import { describe, expect, it } from 'vitest';
import {
  InstanceMilestone,
  type CreateInstanceRequest,
  type WaitInstanceRequest,
} from '../../../../internal/api/grpc/generated/protium/v1/instances.ts';
import { instancesService, type InstancesSource } from '../../../../internal/api/v1/instances.ts';
import { ProtiumError } from '../../../../internal/errors/protium-error.ts';
import type { RegisterRequest } from '../../../../internal/instances/instance.ts';
import { fakeInstances } from '../http/atomos/support.ts';

const never = () => Promise.reject(new Error('asleep'));
const context = { requestId: 'r', signal: new AbortController().signal };

function service(given: Partial<InstancesSource> = {}) {
  const begun: RegisterRequest[] = [];
  const asked: unknown[] = [];
  const fake = fakeInstances();
  const source: InstancesSource = {
    instances: {
      ...fake,
      begin(request) {
        begun.push(request);
        return Promise.resolve({ outcome: 'begun', uuid: 'u', operation: null, notices: [] });
      },
    },
    lifecycle: { start: never, stop: never, power: never },
    update: never,
    changes: {} as never,
    wait(uuid, until, { timeoutMs }) {
      asked.push([uuid, until, timeoutMs]);
      const [instance] = fake.list();
      if (instance === undefined) throw new Error('none was made');
      const reach = { addresses: [], agentConnected: false, readiness: 'starting' } as const;
      return Promise.resolve({ reached: false, instance, reach });
    },
    keyPairs: {
      publicKeys(owner, names) {
        if (names.includes('gone')) throw new ProtiumError('not-found', 'There is no key pair "gone".');
        return names.map((name) => `ssh-ed25519 ${name}-of-${owner.slice(0, 1)}`);
      },
    },
    operations: { get: () => undefined },
    uuidOf: (named) => fake.get(named)?.uuid,
    ...given,
  };
  const { methods } = instancesService(source);
  const call = (method: string, request: unknown) =>
    Promise.resolve().then(() => methods[method]?.(request as never, context)) as Promise<
      Record<string, unknown>
    >;
  const create = (request: Partial<CreateInstanceRequest>) =>
    call('createInstance', {
      name: 'web',
      config: { slots: 1, ramsize: 512 },
      owner: '',
      idempotencyKey: '',
      keyPairs: [],
      ...request,
    });
  const wait = (request: Partial<WaitInstanceRequest>) =>
    call('waitInstance', { instance: 'x', until: 0, timeoutSeconds: 0, ...request });
  return { begun, asked, fake, create, wait };
}

describe('key pairs of a creation', () => {
  it('let in beside the keys of the config, those of the owner', async () => {
    const { begun, create } = service();
    const config = { slots: 1, ramsize: 512, auth: { username: 'a', 'ssh-key': 'ssh-ed25519 m-of-f' } };
    await create({ config, keyPairs: ['m', 'n'], owner: 'f'.repeat(32) });
    await create({ keyPairs: ['m'] });
    await create({});
    expect(begun.map(({ spec }) => spec.guest)).toEqual([
      {
        username: 'a',
        password: null,
        sshKeys: ['ssh-ed25519 m-of-f', 'ssh-ed25519 n-of-f'],
        userData: null,
      },
      { username: null, password: null, sshKeys: ['ssh-ed25519 m-of-0'], userData: null },
      null,
    ]);
  });

  it('that are not there keep it from being begun', async () => {
    const { begun, create } = service();
    await expect(create({ keyPairs: ['m', 'gone'] })).rejects.toMatchObject({ code: 'not-found' });
    expect(begun).toEqual([]);
  });
});

describe('waiting', () => {
  it('asks for what is said, a minute where no time is', async () => {
    const { asked, fake, wait } = service();
    const made = await fake.register({ owner: 'f'.repeat(32), name: 'x', spec: await anySpec() });
    if (made.outcome !== 'registered') throw new Error('it was refused');
    const { uuid: instance } = made.instance;
    expect(await wait({ instance })).toMatchObject({ reached: false, instance: { readiness: 'starting' } });
    await wait({ instance, until: InstanceMilestone.INSTANCE_MILESTONE_ADDRESS, timeoutSeconds: 600 });
    await wait({ instance, until: InstanceMilestone.INSTANCE_MILESTONE_AGENT, timeoutSeconds: 1 });
    expect(asked).toEqual([
      [instance, 'running', 60_000],
      [instance, 'address', 600_000],
      [instance, 'agent', 1000],
    ]);
    const wrong = { code: 'argument-invalid' };
    await expect(wait({ instance, timeoutSeconds: 601 })).rejects.toMatchObject(wrong);
    await expect(wait({ instance, until: 9 as InstanceMilestone })).rejects.toMatchObject(wrong);
    await expect(wait({ instance: 'nobody' })).rejects.toMatchObject({ code: 'not-found' });
  });
});

async function anySpec(): Promise<RegisterRequest['spec']> {
  const { begun, create } = service();
  await create({});
  const [request] = begun;
  if (request === undefined) throw new Error('nothing was begun');
  return request.spec;
}
