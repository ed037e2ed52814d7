import { config, done, request, type Scenario } from './scenario.ts';

export const publicKey =
  'ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIMMw+JpJKVwz9OvEdTtvF3lKYsXHGzDCOMNHFwuGYyCk of a crash';

/** Keys, computations and the like. */
export const otherScenarios: readonly Scenario[] = [
  { kind: 'key pair', drives: ['key_pair'], act: request('POST', '/v1/key-pairs', { name: 'laptop' }) },
  {
    kind: 'key pair',
    variant: 'that is imported',
    drives: ['key_pair'],
    act: request('POST', '/v1/key-pairs/import', { name: 'laptop', publicKey }),
  },
  {
    kind: 'key pair',
    variant: 'that goes',
    drives: ['key_pair'],
    prepare: done('POST', '/v1/key-pairs', { name: 'laptop' }),
    act: request('DELETE', '/v1/key-pairs/laptop'),
  },
  {
    kind: 'computation',
    drives: ['computation'],
    act: request('POST', '/run', { computation: Buffer.from('{}').toString('base64') }),
  },
  {
    kind: 'frozen guest',
    variant: 'whose agent does not answer',
    drives: ['frozen_guest'],
    fails: true,
    prepare: done('POST', '/v1/instances', { name: 'vm', config }),
    act: request('POST', '/v1/instances/vm/guest/freeze', { timeoutSeconds: 1 }),
  },
  {
    kind: 'audit archive',
    drives: ['audit_archive', 'audit_entry'],
    everyWrite: true,
    act: (bench) => bench.call('POST', '/v1/audit/archives', { before: new Date().toISOString() }),
  },
  {
    kind: 'image.import',
    variant: 'of an upload',
    drives: ['image'],
    act: request('PUT', '/v1/images/uploaded/content?format=raw', Buffer.alloc(1_048_576, 'x')),
  },
];
