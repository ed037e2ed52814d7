import { beforeEach, describe, expect, it } from 'vitest';
import { createProjects } from '../../../internal/authorization/projects/create-projects.ts';
import type { Projects } from '../../../internal/authorization/projects/project.ts';
import {
  createProjectStore,
  type ProjectStore,
} from '../../../internal/authorization/projects/project-store.ts';
import { rolesOfUsers } from '../../../internal/authorization/roles.ts';
import { ProtiumError } from '../../../internal/errors/protium-error.ts';
import { createIdentity } from '../../../internal/identity/create-identity.ts';
import { createKeyedLock } from '../../../internal/operations/keyed-lock.ts';
import { databasePath, openFor } from '../operations/fixture.ts';

const dry = { validateOnly: true };
const wet = { validateOnly: false };

let store: ProjectStore;
let projects: Projects;
let contents: readonly string[];
let ada: string;

beforeEach(() => {
  const database = openFor(databasePath());
  ada = createIdentity({ database }).issue('ada', { ...wet, idempotencyKey: '' })?.key.user.owner ?? '';
  contents = [];
  store = createProjectStore(database);
  projects = createProjects({
    store,
    contentsOf: () => contents,
    locks: createKeyedLock(),
    ready: () => Promise.resolve(),
  });
});

const make = (name: string, more: object = {}) =>
  projects.create({ name, description: '', idempotencyKey: '', ...wet, ...more });

function code(attempt: () => unknown): string {
  try {
    attempt();
  } catch (error) {
    if (error instanceof ProtiumError) return error.code;
  }
  return 'done';
}

describe('a project', () => {
  it('is made, found by id and name, described, and deleted', async () => {
    const made = make('lab', { description: 'for all' });
    expect(made.id).toMatch(/^[0-9a-f]{32}$/);
    expect(projects.find('lab')).toEqual(made);
    expect(projects.find(made.id)?.name).toBe('lab');
    expect(projects.describe('lab', 'for some', wet).description).toBe('for some');
    expect(projects.find('lab')?.description).toBe('for some');
    await projects.remove('lab', wet);
    expect(projects.find('lab')).toBeUndefined();
  });

  it('is not made twice, nor under a name that is a user’s, an id or no name', () => {
    make('lab');
    expect(code(() => make('lab'))).toBe('already-exists');
    expect(code(() => make('ada'))).toBe('already-exists');
    for (const name of ['', 'Lab', '../x', 'a'.repeat(64), 'a'.repeat(32), 'default', '-x']) {
      expect([name, code(() => make(name))]).toEqual([name, 'argument-invalid']);
    }
    expect(code(() => make('new', { description: 'x'.repeat(5000) }))).toBe('argument-invalid');
  });

  it('means the first one under the same idempotency key', () => {
    const made = make('lab', { idempotencyKey: 'k' });
    expect(make('lab', { idempotencyKey: 'k' })).toEqual(made);
    expect(code(() => make('other', { idempotencyKey: 'k' }))).toBe('definition-conflict');
    expect(code(() => make('long', { idempotencyKey: 'k'.repeat(256) }))).toBe('argument-invalid');
  });

  it('stays while something is in it', async () => {
    make('lab');
    contents = ['instances: 2'];
    await expect(projects.remove('lab', wet)).rejects.toThrow('instances: 2');
    await expect(projects.remove('none', wet)).rejects.toMatchObject({ code: 'not-found' });
    expect(projects.find('lab')).toMatchObject({ name: 'lab' });
  });

  it('changes nothing in a dry run', async () => {
    make('tried', dry);
    expect(projects.find('tried')).toBeUndefined();
    make('lab');
    await projects.remove('lab', dry);
    expect(projects.setMember('lab', 'ada', 'admin', dry).members).toHaveLength(1);
    projects.describe('lab', 'else', dry);
    expect(projects.find('lab')).toMatchObject({ members: [], description: '' });
  });
});

describe('members', () => {
  it('come, get another role, and go', () => {
    const { id } = make('lab');
    projects.setMember('lab', 'ada', 'viewer', wet);
    expect(projects.setMember(id, 'ada', 'operator', wet).members).toEqual([
      { user: 'ada', role: 'operator' },
    ]);
    const rolesOf = rolesOfUsers(store);
    expect(rolesOf({ name: 'ada', owner: ada })).toEqual(
      new Map([
        [id, 'operator'],
        [ada, 'admin'],
      ]),
    );
    expect(projects.removeMember('lab', 'ada', wet).members).toEqual([]);
    expect(rolesOf({ name: 'ada', owner: ada })).toEqual(new Map([[ada, 'admin']]));
    expect(code(() => projects.removeMember('lab', 'ada', wet))).toBe('not-found');
    expect(code(() => projects.setMember('lab', 'nobody', 'viewer', wet))).toBe('not-found');
  });

  it('of a project that is deleted have no role any more', async () => {
    make('lab');
    projects.setMember('lab', 'ada', 'admin', wet);
    await projects.remove('lab', wet);
    expect(store.rolesOf('ada')).toEqual([]);
  });
});

it('a user’s own project exists by itself and stays as it is', async () => {
  expect(projects.find('ada')).toMatchObject({
    id: ada,
    personal: true,
    members: [{ user: 'ada', role: 'admin' }],
  });
  expect(projects.list().map(({ name }) => name)).toContain('ada');
  expect(code(() => projects.setMember('ada', 'ada', 'viewer', wet))).toBe('state-conflict');
  expect(code(() => projects.describe('ada', 'x', wet))).toBe('state-conflict');
  await expect(projects.remove('ada', wet)).rejects.toMatchObject({ code: 'state-conflict' });
});
