import { expect, it } from 'vitest';
import { accountFunctions } from '../../../../../internal/api/http/gpueater/account/functions.ts';
import { transactionOf } from '../../../../../internal/api/http/gpueater/account/transaction.ts';
import type { OperationRecord } from '../../../../../internal/operations/model.ts';
import { caller, mine, theirs } from './call.ts';

const record = (more: Partial<OperationRecord> = {}): OperationRecord => ({
  id: 'one',
  kind: 'instance.create',
  state: 'running',
  resources: ['domain/x', 'instance/u'],
  input: {},
  result: null,
  error: null,
  steps: [],
  progress: { completedSteps: 1, totalSteps: 3, fraction: 0.999, message: 'make the disk' },
  cancelRequested: false,
  owner: mine,
  createdAt: '2026-01-01T00:00:00.000Z',
  updatedAt: '2026-01-01T00:00:00.000Z',
  endedAt: null,
  ...more,
});

it('a transaction is an operation in GPUEater’s words', () => {
  expect(transactionOf(record())).toEqual({
    transaction_id: 'one',
    kind: 'instance.create',
    state: 'RUNNING',
    progress: 99,
    message: 'make the disk',
    error: null,
    created_at: '2026-01-01T00:00:00.000Z',
    instance_id: 'u',
  });
  expect(transactionOf(record({ state: 'succeeded', resources: [] }))).toMatchObject({
    state: 'SUCCEEDED',
    progress: 100,
    instance_id: null,
  });
  const error = { code: 'storage-full', message: 'The disk is full.', details: {} } as const;
  expect(transactionOf(record({ state: 'failed', error }))).toMatchObject({
    state: 'FAILED',
    error: 'The disk is full.',
  });
  expect(transactionOf(record({ state: 'cancelled' })).state).toBe('CANCELED');
  expect(transactionOf(record({ state: 'queued' })).state).toBe('PENDING');
});

const functions = accountFunctions({
  all: () => functions,
  operations: {
    get: (id) => (id === 'one' ? record() : undefined),
    cancel: () => Promise.resolve(record({ state: 'undoing' })),
  },
});
const { call, refused } = caller(functions);

it('only whose it is can ask after it, or end it', async () => {
  expect(await call('peak_transaction', { transaction_id: 'one' })).toMatchObject({ progress: 99 });
  expect(await call('cancel_transaction', { transaction_id: 'one' })).toMatchObject({ state: 'RUNNING' });
  for (const name of ['peak_transaction', 'cancel_transaction']) {
    expect(await refused(name, { transaction_id: 'one' }, theirs)).toBe('not-found');
    expect(await refused(name, { transaction_id: 'two' })).toBe('not-found');
  }
});

it('what cannot be had is refused with the reason', async () => {
  expect(await refused('register_card', { number: '4242' })).toBe('permission-denied');
  expect(await refused('launch_as_admin', {})).toBe('permission-denied');
  expect(await call('card_list')).toEqual([]);
  expect(await call('has_available_card')).toBe(true);
});
