import { describe, expect, it } from 'vitest';
import type { Quota } from '../../../../internal/api/grpc/generated/protium/v1/projects.ts';
import { projectsService } from '../../../../internal/api/v1/projects.ts';
import { createProjects } from '../../../../internal/authorization/projects/create-projects.ts';
import { createProjectStore } from '../../../../internal/authorization/projects/project-store.ts';
import { createQuotaStore } from '../../../../internal/authorization/quotas/quota-store.ts';
import { nothing } from '../../../../internal/authorization/quotas/quota.ts';
import { createUsers } from '../../../../internal/identity/users/users.ts';
import { createKeyedLock } from '../../../../internal/operations/keyed-lock.ts';
import { openFor } from '../../operations/fixture.ts';
import { administrator, contextOf } from './context.ts';

const ada = 'd'.repeat(32);

function service() {
  const database = openFor(':memory:');
  const wish = { administrator: false, localUids: [], oidcSubjects: [] };
  createUsers({ database }).create({ ...wish, name: 'ada', owner: ada }, { validateOnly: false });
  const limits = createQuotaStore(database);
  const projects = createProjects({
    store: createProjectStore(database),
    contentsOf: () => [],
    locks: createKeyedLock(),
    ready: () => Promise.resolve(),
  });
  projects.create({ name: 'lab', description: '', idempotencyKey: '', validateOnly: false });
  const { methods } = projectsService({
    projects,
    limits,
    quotas: {
      used: () => nothing,
      usedBy: (user) => ({ ...nothing, instances: user === ada ? 2 : 0, devices: { '10de:2489': 1 } }),
    },
  });
  const call = (method: string, request: object): Promise<unknown> =>
    Promise.resolve().then(() => methods[method]?.(request as never, contextOf(administrator)));
  const set = (user: string, quota: Partial<Quota> | undefined, validateOnly = false) =>
    call('setUserQuota', { user, quota: quota && { devices: {}, ...quota }, validateOnly });
  const get = (user: string) => call('getUserQuota', { user });
  return { limits, set, get };
}

describe('the quota of a user', () => {
  it('is set, shown with what is used, and changed back', async () => {
    const { limits, set, get } = service();
    await set('default', { cores: 4 });
    expect(await set('ada', { instances: 2, diskBytes: 1n << 40n })).toMatchObject({
      effective: { instances: 2, cores: 4, diskBytes: 1n << 40n, memoryMib: undefined },
    });
    expect(await get('ada')).toMatchObject({
      quota: { instances: 2, cores: undefined },
      effective: { instances: 2, cores: 4 },
      used: { instances: 2, devices: { '10de:2489': 1 } },
    });
    expect(await get('default')).toMatchObject({ effective: { cores: 4, instances: undefined } });
    await set('ada', {});
    expect(limits.quotaOfUser(ada)).toMatchObject({ instances: null, cores: 4 });
    // It is none of the project of the same name.
    expect(limits.quota(ada)).toMatchObject({ cores: null });
  });

  it('changes nothing in a dry run', async () => {
    const { limits, set } = service();
    expect(await set('ada', { instances: 1 }, true)).toMatchObject({ effective: { instances: 1 } });
    expect(limits.setOfUser(ada)).toEqual({});
  });

  it.each([
    ['nobody', { instances: 1 }, 'not-found'],
    // A project is no user, whatever it is called by.
    ['lab', { instances: 1 }, 'not-found'],
    [ada, { instances: 1 }, 'not-found'],
    ['', { instances: 1 }, 'not-found'],
    ['ada', undefined, 'argument-invalid'],
    ['ada', { allowedDevices: { names: ['10de:2489'] } }, 'argument-invalid'],
    ['ada', { devices: { card: 1 } }, 'argument-invalid'],
    ['ada', { gpuHoursPerWeek: NaN }, 'argument-invalid'],
    ['ada', { diskBytes: (1n << 64n) - 1n }, 'argument-invalid'],
  ])('of %s is not set to %s', async (user, quota, code) => {
    const { limits, set } = service();
    await expect(set(user, quota)).rejects.toMatchObject({ code });
    expect(limits.setOfUser(ada)).toEqual({});
  });
});
