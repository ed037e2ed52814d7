import type { Bench } from './bench.ts';
import { done, inOrder, request, type Scenario } from './scenario.ts';

const user = done('POST', '/v1/users', { name: 'alice', localUids: [4711] });
const project = done('POST', '/v1/projects', { name: 'lab' });
const certificate = { user: 'alice', description: 'of a crash' };
const token = { ...certificate, use: 'TOKEN_USE_EVERYTHING' };
const idOf = async ({ call }: Bench, list: string, key: string, id: string): Promise<string> => {
  const { body } = await call('GET', list);
  const [found] = body[key] as Record<string, string>[];
  return found?.[id] ?? '';
};
const tokenDone = (route: string) => async (bench: Bench) =>
  bench.call('POST', `/v1/tokens/${await idOf(bench, '/v1/tokens?user=alice', 'tokens', 'id')}/${route}`, {});
const accessKey = (bench: Bench) => bench.done('POST', '/v1/access-keys', { user: 'alice' });
const login = async (bench: Bench, answer: Readonly<Record<string, unknown>>) => {
  const { accessKey: key, secret } = answer as { accessKey: { id: string }; secret: string };
  // The daemon keeps no secret: whoever logs in has it from the answer.
  const form = new URLSearchParams({ email: key.id, password: secret }).toString();
  return bench.daemon.call('POST', '/api_login', Buffer.from(form), {
    'Content-Type': 'application/x-www-form-urlencoded',
    'User-Agent': 'crash',
  });
};
let made: Readonly<Record<string, unknown>> = {};

/** Who may come in, and who may do what. */
export const identityScenarios: readonly Scenario[] = [
  {
    kind: 'user',
    drives: ['user', 'login'],
    act: request('POST', '/v1/users', { name: 'alice', administrator: true, localUids: [4711, 4712] }),
  },
  {
    kind: 'user',
    variant: 'that is changed',
    drives: ['user', 'login'],
    prepare: user,
    act: request('PATCH', '/v1/users/alice', { administrator: true, localUids: { uids: [4713] } }),
  },
  {
    kind: 'user',
    variant: 'that goes, with all that is theirs',
    drives: ['user', 'login', 'api_token', 'client_certificate', 'access_key', 'session', 'user_limit'],
    prepare: inOrder(
      user,
      project,
      done('PUT', '/v1/projects/lab/members/alice', { role: 'operator' }),
      done('POST', '/v1/tokens', token),
      done('POST', '/v1/certificates', certificate),
      done('PUT', '/v1/users/alice/quota', { quota: { instances: 3 } }),
      async (bench) => login(bench, await accessKey(bench)),
    ),
    act: request('DELETE', '/v1/users/alice'),
  },
  { kind: 'token', drives: ['api_token'], prepare: user, act: request('POST', '/v1/tokens', token) },
  {
    kind: 'token',
    variant: 'that gets another secret',
    drives: ['api_token'],
    prepare: inOrder(user, done('POST', '/v1/tokens', token)),
    act: tokenDone('rotate'),
  },
  {
    kind: 'token',
    variant: 'that is revoked',
    drives: ['api_token'],
    prepare: inOrder(user, done('POST', '/v1/tokens', token)),
    act: tokenDone('revoke'),
  },
  {
    kind: 'certificate',
    drives: ['client_certificate'],
    prepare: user,
    act: request('POST', '/v1/certificates', certificate),
  },
  {
    kind: 'certificate',
    variant: 'that is revoked',
    drives: ['client_certificate'],
    prepare: inOrder(user, done('POST', '/v1/certificates', certificate)),
    act: async (bench) => {
      const serial = await idOf(bench, '/v1/certificates?user=alice', 'certificates', 'serial');
      return bench.call('POST', `/v1/certificates/${serial}/revoke`, {});
    },
  },
  {
    kind: 'access key',
    drives: ['access_key', 'user'],
    act: request('POST', '/v1/access-keys', { user: 'alice' }),
  },
  {
    kind: 'access key',
    variant: 'that is revoked, with its sessions',
    drives: ['access_key', 'session'],
    prepare: async (bench) => login(bench, await accessKey(bench)),
    act: async (bench) => {
      const id = await idOf(bench, '/v1/access-keys?user=alice', 'accessKeys', 'id');
      return bench.call('POST', `/v1/access-keys/${id}/revoke`, {});
    },
  },
  {
    kind: 'session',
    drives: ['session', 'access_key'],
    prepare: async (bench) => {
      made = await accessKey(bench);
    },
    act: (bench) => login(bench, made),
  },
  { kind: 'project', drives: ['project'], act: request('POST', '/v1/projects', { name: 'lab' }) },
  {
    kind: 'project',
    variant: 'whose description is changed',
    drives: ['project'],
    prepare: project,
    act: request('PATCH', '/v1/projects/lab', { description: 'of a crash' }),
  },
  {
    kind: 'project',
    variant: 'that goes, with its members and quota',
    drives: ['project', 'project_member', 'project_limit'],
    prepare: inOrder(
      user,
      project,
      done('PUT', '/v1/projects/lab/members/alice', { role: 'operator' }),
      done('PUT', '/v1/projects/lab/quota', { quota: { instances: 3 } }),
    ),
    act: request('DELETE', '/v1/projects/lab'),
  },
  {
    kind: 'member',
    drives: ['project_member'],
    prepare: inOrder(user, project),
    act: request('PUT', '/v1/projects/lab/members/alice', { role: 'operator' }),
  },
  {
    kind: 'member',
    variant: 'that goes',
    drives: ['project_member'],
    prepare: inOrder(user, project, done('PUT', '/v1/projects/lab/members/alice', { role: 'operator' })),
    act: request('DELETE', '/v1/projects/lab/members/alice'),
  },
  {
    kind: 'quota',
    variant: 'and devices that a project may have',
    drives: ['project_limit'],
    prepare: project,
    act: request('PUT', '/v1/projects/lab/quota', {
      quota: { instances: 3, devices: { '10de:2489': 1 }, allowedDevices: { names: ['10de:2489'] } },
    }),
  },
  {
    kind: 'quota',
    variant: 'of a user',
    drives: ['user_limit'],
    prepare: user,
    act: request('PUT', '/v1/users/alice/quota', { quota: { instances: 3 } }),
  },
];
