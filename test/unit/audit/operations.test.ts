import { expect, it } from 'vitest';
import type { OperationRecord } from '../../../internal/operations/model.ts';
import { action, auditOf, entriesOf, openFor, project } from './support.ts';

/** As much of the engine as the record listens to. */
function fakeOperations(records: readonly OperationRecord[] = []) {
  const listeners = new Set<(record: OperationRecord) => void>();
  return {
    get: (id: string) => records.find((record) => record.id === id),
    watch: (_id: string | null, listener: (record: OperationRecord) => void) => {
      listeners.add(listener);
      return () => void listeners.delete(listener);
    },
    publish: (record: OperationRecord) => {
      for (const listener of listeners) listener(record);
    },
    listeners,
  };
}

function operation(state: OperationRecord['state'], more: Partial<OperationRecord> = {}): OperationRecord {
  return {
    id: 'op-1',
    kind: 'instance-start',
    state,
    resources: ['address/10.0.0.1', 'domain/web1'],
    input: { password: 'of the input' },
    result: null,
    error: null,
    steps: [],
    progress: { completedSteps: 0, totalSteps: 0, fraction: 0, message: '' },
    cancelRequested: false,
    owner: project,
    createdAt: '',
    updatedAt: '',
    endedAt: null,
    ...more,
  };
}

it('tells who began an operation, and how it ended', async () => {
  const audit = auditOf(openFor());
  const operations = fakeOperations();
  audit.follow(operations);
  await audit.recorded(action(), () => operations.publish(operation('queued')));
  operations.publish(operation('running'));
  const error = { code: 'libvirt-failed', message: 'secret text', details: {} } as const;
  operations.publish(operation('failed', { error }));
  await expect.poll(() => entriesOf(audit)).toHaveLength(4);
  const entries = entriesOf(audit);
  expect(entries.map(({ event, user, operation: id, result }) => [event, user, id, result])).toEqual([
    ['attempt', 'anna', '', ''],
    ['operation-begun', 'anna', 'op-1', ''],
    ['outcome', 'anna', 'op-1', 'ok'],
    ['operation-ended', 'anna', 'op-1', 'libvirt-failed'],
  ]);
  expect(entries[3]).toMatchObject({
    method: 'operation/instance-start',
    objectKind: 'domain',
    object: 'web1',
    project,
    requestId: 'request-1',
  });
  expect(JSON.stringify(entries)).not.toMatch(/secret text|of the input/);
  expect(audit.list({ operation: 'op-1', pageSize: 0, pageToken: '' }).entries).toHaveLength(3);
});

it('tells of the daemon what it begins by itself, also what a request has set in motion for later', async () => {
  const audit = auditOf(openFor());
  const operations = fakeOperations();
  audit.follow(operations);
  let later = (): void => undefined;
  await audit.recorded(action(), () => {
    const resumed = new Promise<void>((resolve) => (later = resolve));
    void resumed.then(() => operations.publish(operation('queued', { owner: null })));
  });
  later();
  await expect.poll(() => entriesOf(audit)).toHaveLength(3);
  expect(entriesOf(audit)[2]).toMatchObject({
    event: 'operation-begun',
    user: '',
    way: 'daemon',
    project: '',
  });
});

it('tells after a restart of operations that ended meanwhile, go on, or are forgotten', async () => {
  const database = openFor();
  const before = auditOf(database);
  const operations = fakeOperations();
  before.follow(operations);
  for (const id of ['ended', 'going', 'forgotten']) operations.publish(operation('queued', { id }));
  await expect.poll(() => entriesOf(before)).toHaveLength(3);
  before.stop();

  const ended = operation('cancelled', { id: 'ended' });
  const going = operation('running', { id: 'going' });
  const restarted = fakeOperations([ended, going]);
  const after = auditOf(database);
  after.follow(restarted);
  await expect.poll(() => entriesOf(after)).toHaveLength(5);
  restarted.publish(going);
  restarted.publish(operation('succeeded', { id: 'going' }));
  // Something that was left behind of it is taken back.
  restarted.publish(operation('succeeded', { id: 'going' }));
  await expect.poll(() => entriesOf(after)).toHaveLength(6);
  const ends = entriesOf(after).slice(3);
  expect(ends.map(({ operation: id, result }) => `${id} ${result}`).sort()).toEqual([
    'ended cancelled',
    'forgotten forgotten',
    'going ok',
  ]);
  after.stop();
  expect(restarted.listeners.size).toBe(0);
});
