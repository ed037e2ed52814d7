import { describe, expect, it } from 'vitest';
import { createProjectsRoom } from '../../../cmd/manager/projects-room.ts';
import { projectsService } from '../../../internal/api/v1/projects.ts';
import { createProjects } from '../../../internal/authorization/projects/create-projects.ts';
import { createProjectStore } from '../../../internal/authorization/projects/project-store.ts';
import { createQuotaStore } from '../../../internal/authorization/quotas/quota-store.ts';
import { nothing } from '../../../internal/authorization/quotas/quota.ts';
import { ProtiumError } from '../../../internal/errors/protium-error.ts';
import { createUsers } from '../../../internal/identity/users/users.ts';
import { createKeyedLock } from '../../../internal/operations/keyed-lock.ts';
import { createOwnership } from '../../../internal/ownership/ownership.ts';
import { administrator, contextOf } from '../api/v1/context.ts';
import { databasePath, openFor } from '../operations/fixture.ts';
import { onFillableDisk } from '../store/full-disk.ts';

const ada = 'd'.repeat(32);
const lab = { project: 'lab' };
const dry = { validateOnly: false };
const quota = { instances: 3, devices: { '10de:2489': 1 } };
const listed = { ...quota, allowedDevices: { names: ['0000:01:00.0'] } };

/** Every change of a project, a quota or a list of devices, by its method. */
const changes: readonly (readonly [method: string, request: object])[] = [
  ['createProject', { name: 'new', description: '', idempotencyKey: 'k', ...dry }],
  ['updateProject', { ...lab, description: 'other', ...dry }],
  ['deleteProject', { ...lab, ...dry }],
  ['setProjectMember', { ...lab, user: 'ada', role: 'admin', ...dry }],
  ['setProjectMember', { ...lab, user: 'bob', role: 'viewer', ...dry }],
  ['removeProjectMember', { ...lab, user: 'ada', ...dry }],
  ['setQuota', { ...lab, quota, ...dry }],
  ['setQuota', { ...lab, quota: listed, ...dry }],
  ['setQuota', { project: 'default', quota: listed, ...dry }],
  ['setUserQuota', { user: 'ada', quota, ...dry }],
  ['setUserQuota', { user: 'default', quota, ...dry }],
];

function rooms() {
  const path = databasePath();
  const database = onFillableDisk(openFor(path));
  const users = createUsers({ database });
  const wish = { administrator: false, localUids: [], oidcSubjects: [] };
  users.create({ ...wish, name: 'ada', owner: ada }, dry);
  users.create({ ...wish, name: 'bob', owner: null }, dry);
  const opened = (of: ReturnType<typeof openFor>) => {
    const limits = createQuotaStore(of);
    const projects = createProjects({
      store: createProjectStore(of),
      contentsOf: () => [],
      locks: createKeyedLock(),
      ready: () => Promise.resolve(),
    });
    const { methods } = projectsService({
      projects,
      limits,
      quotas: { used: () => nothing, usedBy: () => nothing },
    });
    const call = (method: string, request: object): Promise<unknown> =>
      Promise.resolve().then(() => methods[method]?.(request as never, contextOf(administrator)));
    const state = () => ({
      projects: projects.list(),
      ofProjects: ['default', projects.find('lab')?.id ?? ''].map((id) => [
        limits.set(id),
        limits.devices(id),
      ]),
      ofUsers: ['default', ada].map((id) => limits.setOfUser(id)),
    });
    return { call, state };
  };
  const here = opened(database);
  /** What another process would read. */
  const onDisk = () => opened(openFor(path)).state();
  return { ...here, database, onDisk };
}

async function codeOf(work: Promise<unknown>): Promise<string> {
  return work.then(
    () => 'done',
    (error: unknown) => (error instanceof ProtiumError ? error.code : String(error)),
  );
}

describe.each(changes)('on a full disk %s of %j', (method, request) => {
  it('is refused, changes nothing, and works when there is room again', async () => {
    const { call, state, database, onDisk } = rooms();
    await call('createProject', { name: 'lab', description: 'first', idempotencyKey: '', ...dry });
    await call('setProjectMember', { ...lab, user: 'ada', role: 'operator', ...dry });
    await call('setQuota', { ...lab, quota: { cores: 1, devices: {} }, ...dry });
    const before = structuredClone(state());
    database.full = true;
    expect(await codeOf(call(method, request))).toBe('storage-full');
    expect(state()).toEqual(before);
    expect(onDisk()).toEqual(before);
    database.full = false;
    expect(await codeOf(call(method, request))).toBe('done');
    expect(state()).not.toEqual(before);
    expect(onDisk()).toEqual(state());
  });
});

it('a disk that SQLite itself finds full ends a change whole or not at all', async () => {
  const { call, state, database, onDisk } = rooms();
  const pages = database.prepare<{ page_count: number }>('PRAGMA page_count').get()?.page_count ?? 0;
  database.exec(`PRAGMA max_page_count = ${pages + 8}`);
  const make = (index: number) =>
    codeOf(
      call('createProject', { name: `p${index}`, description: 'x'.repeat(4000), idempotencyKey: '', ...dry }),
    );
  const made: string[] = [];
  for (let index = 0; made.at(-1) !== 'storage-full' && index < 100; index += 1) made.push(await make(index));
  const there = made.filter((code) => code === 'done').length;
  expect([there > 0, made.at(-1)]).toEqual([true, 'storage-full']);
  expect(onDisk().projects.filter(({ personal }) => !personal)).toHaveLength(there);
  expect(onDisk()).toEqual(state());
});

/** The daemon's own wiring over a view of libvirt that is so. */
function withView(
  status: { readonly ageMs: number | null; readonly error: string | null },
  domains: object[],
) {
  const database = openFor(':memory:');
  const view = {
    status: () => status,
    domains: () => domains,
    domain: (uuid: string) => domains.find((each) => (each as { uuid: string }).uuid === uuid),
    volumes: () => [],
  };
  const room = createProjectsRoom({
    config: { hostRoot: '/' },
    client: {} as never,
    holds: {} as never,
    database,
    locks: createKeyedLock(),
    view: view as never,
    records: { of: (domain: { readonly record: unknown }) => domain.record } as never,
    ownership: createOwnership(database),
  });
  const none = { list: () => [] };
  const source = room.open({
    images: { get: () => undefined },
    keyPairs: { list: () => ({ keyPairs: [] }) },
    leases: none,
    subscriptions: none,
    operations: { list: () => ({ operations: [] }) },
  } as never);
  room.limits.open(() => []);
  const { methods } = projectsService(source);
  const call = (method: string, request: object): Promise<unknown> =>
    Promise.resolve().then(() => methods[method]?.(request as never, contextOf(administrator)));
  return { call, source };
}

describe('with libvirt gone', () => {
  it('before it was ever read no project is deleted, since nobody knows what is in it', async () => {
    const { call, source } = withView({ ageMs: null, error: 'it cannot be reached' }, []);
    await call('createProject', { name: 'lab', description: '', idempotencyKey: '', ...dry });
    for (const validateOnly of [true, false]) {
      expect(await codeOf(call('deleteProject', { ...lab, validateOnly }))).toBe('libvirt-unavailable');
    }
    expect(source.projects.find('lab')).toMatchObject({ name: 'lab' });
    // What there is no such project of needs no libvirt.
    expect(await codeOf(call('deleteProject', { project: 'none', ...dry }))).toBe('not-found');
  });

  it('what was read stays known: a project that has something stays, and an empty one goes', async () => {
    const domains: object[] = [];
    const { call, source } = withView({ ageMs: 60_000, error: 'it cannot be reached' }, domains);
    for (const name of ['lab', 'empty']) {
      await call('createProject', { name, description: '', idempotencyKey: '', ...dry });
    }
    const plan = { cpu: { slots: 2 }, memory: { mib: 64 }, pci: [] };
    const record = {
      owner: source.projects.find('lab')?.id,
      creator: ada,
      plan,
      createdAt: '',
      createdVolumes: [],
    };
    domains.push({ uuid: 'u', name: 'web', record });
    expect(await codeOf(call('deleteProject', { ...lab, ...dry }))).toBe('resource-in-use');
    expect(await codeOf(call('deleteProject', { project: 'empty', ...dry }))).toBe('done');
    expect(await call('getQuota', lab)).toMatchObject({ used: { instances: 1, cores: 2 } });
  });

  it('projects, quotas and lists of devices are changed all the same', async () => {
    const { call, source } = withView({ ageMs: null, error: 'it cannot be reached' }, []);
    await call('createProject', { name: 'lab', description: '', idempotencyKey: '', ...dry });
    const id = source.projects.find('lab')?.id ?? '';
    expect(await codeOf(call('updateProject', { ...lab, description: 'other', ...dry }))).toBe('done');
    expect(await codeOf(call('setQuota', { ...lab, quota: listed, ...dry }))).toBe('done');
    expect([source.limits.quota(id).instances, source.limits.devices(id)]).toEqual([3, ['0000:01:00.0']]);
    expect(await codeOf(call('setUserQuota', { user: 'default', quota, ...dry }))).toBe('done');
    expect(source.limits.quotaOfUser(ada)).toMatchObject({ instances: 3 });
  });
});
