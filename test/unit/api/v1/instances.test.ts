import { describe, expect, it } from 'vitest';
import {
  InstanceMilestone,
  type CreateInstanceRequest,
  type WaitInstanceRequest,
} from '../../../../internal/api/grpc/generated/protium/v1/instances.ts';
import { instancesService, type InstancesSource } from '../../../../internal/api/v1/instances.ts';
import { ProtiumError } from '../../../../internal/errors/protium-error.ts';
import type { RegisterRequest } from '../../../../internal/instances/instance.ts';
import { createLifecycle } from '../../../../internal/instances/lifecycle/lifecycle.ts';
import { removalNotices } from '../../../../internal/instances/removal.ts';
import { createUpdate } from '../../../../internal/instances/update.ts';
import { virError } from '../../../../internal/libvirt/error-code.ts';
import { LibvirtError } from '../../../../internal/libvirt/error.ts';
import type { DomainState } from '../../../../internal/libvirt/objects.ts';
import { fakeInstances } from '../http/atomos/support.ts';
import { administrator, contextOf } from './context.ts';

const never = () => Promise.reject(new Error('asleep'));
const context = contextOf(administrator);

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
      validateOnly: false,
      ...request,
    });
  const wait = (request: Partial<WaitInstanceRequest>) =>
    call('waitInstance', { instance: 'x', until: 0, timeoutSeconds: 0, ...request });
  return { begun, asked, fake, call, create, wait };
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

describe('a dry run', () => {
  /** One instance in this state, and everything that is done beside looking. */
  async function dry(state: DomainState = 'running', missingNetwork = false) {
    const done: string[] = [];
    const effect = (name: string) => (): never => {
      done.push(name);
      throw new Error(`${name} is no dry run`);
    };
    /** Every call that is not given is an effect. */
    const lookingAt = (calls: object) =>
      new Proxy(calls, {
        get: (of, name) => (Reflect.get(of, name) as unknown) ?? effect(String(name)),
      }) as never;

    const instances = fakeInstances();
    const config = { slots: 1, ramsize: 512, networks: ['default'] };
    const made = await instances.register({ owner: 'f'.repeat(32), name: 'x', spec: await anySpec(config) });
    if (made.outcome !== 'registered') throw new Error('it was refused');
    const { uuid, domain, etag } = made.instance;
    const absent = new LibvirtError({
      code: virError.noNetwork,
      domain: 19,
      level: 2,
      message: 'as the test wants it',
      call: 'networks.lookupByName',
    });
    const client = {
      domains: lookingAt({
        lookupByUuid: () => Promise.resolve({ name: domain, uuid, id: state === 'shutoff' ? null : 7 }),
        state: () => Promise.resolve({ state, reason: 0 }),
      }),
      networks: lookingAt({
        lookupByName: (name: string) =>
          missingNetwork ? Promise.reject(absent) : Promise.resolve({ name, uuid: 'n' }),
        isActive: () => Promise.resolve(false),
      }),
    } as never;
    const view = { domain: () => undefined, refresh: () => Promise.resolve() } as never;
    const operations = lookingAt({});
    const ready = () => Promise.resolve();
    const refusal = { reasons: [{ code: 'memory-short', message: 'No.' }] } as never;
    const { call, create } = service({
      instances: {
        ...instances,
        begin: effect('begin'),
        remove: effect('remove'),
        tryBegin: ({ name }) =>
          Promise.resolve(
            name === 'large'
              ? { outcome: 'refused', refusal }
              : { outcome: 'possible', notices: [`${name} fits`] },
          ),
        tryRemove: (_, { purge }) => Promise.resolve([purge ? 'all goes' : 'volumes stay']),
      },
      lifecycle: createLifecycle({
        client,
        instances,
        view,
        host: { read: effect('read') },
        operations,
        definitions: { start: {}, stop: {}, power: {} } as never,
        ready,
        reclaim: () => Promise.resolve([]),
      }),
      update: createUpdate({ client, view, instances, records: {} as never, locks: lookingAt({}), ready }),
      uuidOf: (named) => (named === 'x' ? uuid : undefined),
    });
    const request = (method: string, more: object = {}) =>
      call(method, { instance: 'x', validateOnly: true, ...more });
    return { done, request, create, etag };
  }

  const stop = { timeoutSeconds: 0, force: true, onlyAsk: false };
  const start = { suspended: false, discardSavedState: false };

  it.each([
    ['startInstance', start, 'shutoff', []],
    ['startInstance', start, 'running', ['"vm-0" runs already: it is left as it is.']],
    ['stopInstance', stop, 'running', []],
    ['stopInstance', stop, 'shutoff', ['"vm-0" is off already.']],
    ['rebootInstance', {}, 'running', []],
    ['resetInstance', {}, 'running', []],
    ['suspendInstance', {}, 'running', []],
    ['resumeInstance', {}, 'paused', []],
    ['deleteInstance', { keepVolumes: false }, 'running', ['all goes']],
    ['deleteInstance', { keepVolumes: true }, 'running', ['volumes stay']],
  ] as const)('%s %j of one that is %s begins nothing', async (method, more, state, notices) => {
    const { done, request } = await dry(state);
    expect(await request(method, more)).toEqual({ operation: undefined, notices });
    expect(done).toEqual([]);
    // The same without it does.
    await expect(request(method, { ...more, validateOnly: false })).rejects.toThrow('is no dry run');
    expect(done).toHaveLength(1);
  });

  it.each([
    ['rebootInstance', 'shutoff'],
    ['resetInstance', 'shutoff'],
    ['suspendInstance', 'shutoff'],
    ['resumeInstance', 'shutoff'],
    ['suspendInstance', 'pmsuspended'],
    ['resumeInstance', 'pmsuspended'],
  ] as const)('%s of one that is %s is refused', async (method, state) => {
    const { done, request } = await dry(state);
    await expect(request(method)).rejects.toMatchObject({ code: 'state-conflict' });
    expect(done).toEqual([]);
  });

  it('of a start is refused when there is no such network', async () => {
    const { done, request } = await dry('shutoff', true);
    await expect(request('startInstance', start)).rejects.toMatchObject({
      code: 'not-found',
      details: { network: 'default' },
    });
    expect(done).toEqual([]);
  });

  it.each(['startInstance', 'stopInstance', 'rebootInstance', 'updateInstance', 'deleteInstance'])(
    '%s of none is refused',
    async (method) => {
      const { done, request } = await dry();
      await expect(
        request(method, { instance: 'nobody', etag: '', ...start, ...stop }),
      ).rejects.toMatchObject({ code: 'not-found' });
      expect(done).toEqual([]);
    },
  );

  it('checks what else the request says', async () => {
    const { done, request } = await dry();
    const wrong = { code: 'argument-invalid' };
    await expect(request('stopInstance', { ...stop, onlyAsk: true })).rejects.toMatchObject(wrong);
    const tags = { values: Array.from({ length: 65 }, String) };
    await expect(request('updateInstance', { etag: '', tags })).rejects.toMatchObject(wrong);
    expect(done).toEqual([]);
  });

  it('of an update waits for nothing, and answers with the instance as it is', async () => {
    const { done, request, etag } = await dry();
    const change = { autostart: true, description: 'other', tags: { values: ['t'] } };
    const answer = await request('updateInstance', { ...change, etag });
    expect(answer).toMatchObject({ instance: { etag, autostart: false, tags: [] } });
    await expect(request('updateInstance', { ...change, etag: 'old' })).rejects.toMatchObject({
      code: 'precondition-failed',
    });
    expect(done).toEqual([]);
  });

  it('of a creation tells the plan’s notices, or every reason why not', async () => {
    const { done, create } = await dry();
    expect(await create({ validateOnly: true })).toEqual({
      operation: undefined,
      uuid: '',
      notices: ['web fits'],
    });
    const tried = (more: Partial<CreateInstanceRequest>) => create({ validateOnly: true, ...more });
    await expect(tried({ name: 'large' })).rejects.toMatchObject({
      code: 'host-incapable',
      details: { reasons: ['memory-short: No.'] },
    });
    await expect(tried({ keyPairs: ['gone'] })).rejects.toMatchObject({ code: 'not-found' });
    await expect(tried({ name: '../x' })).rejects.toMatchObject({ code: 'argument-invalid' });
    expect(done).toEqual([]);
  });

  it('of a deletion tells of a saved state, and of volumes that other VMs have', () => {
    expect(
      removalNotices({
        name: 'x',
        runs: false,
        saved: true,
        snapshots: [],
        removed: [],
        kept: [{ pool: 'p', name: 'shared' }],
        keptAsAsked: false,
      }),
    ).toEqual([
      'The saved state of "x" would be removed.',
      'Volumes that would stay, as other VMs have them: p/shared.',
    ]);
  });
});

async function anySpec(
  config: Record<string, unknown> = { slots: 1, ramsize: 512 },
): Promise<RegisterRequest['spec']> {
  const { begun, create } = service();
  await create({ config });
  const [request] = begun;
  if (request === undefined) throw new Error('nothing was begun');
  return request.spec;
}
