import type { DescMessage } from '@bufbuild/protobuf';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { auditedService } from '../../../internal/api/v1/audited-service.ts';
import type { V1Method, V1Service } from '../../../internal/api/v1/service.ts';
import { methodClass } from '../../../internal/audit/method-class.ts';
import { subjectOf } from '../../../internal/audit/subject.ts';
import { ProtiumError } from '../../../internal/errors/protium-error.ts';
import { sleepingV1 } from '../api/http/sleeping-v1.ts';
import { administrator, contextOf } from '../api/v1/context.ts';
import { auditOf, brief, entriesOf, openFor } from './support.ts';

const { services, bindings } = sleepingV1();

/** A service of one method, in place of a real one's. */
function serviceOf(full: string, method: V1Method): V1Service {
  const [service = '', name = ''] = full.split('/');
  const real = services.find((each) => each.name === service);
  if (real === undefined) throw new Error(service);
  return { ...real, methods: { [name]: method } };
}

function called(full: string, method: V1Method, reads = false) {
  const audit = auditOf(openFor(), { reads });
  const [, name = ''] = full.split('/');
  const audited = auditedService(serviceOf(full, method), audit).methods[name];
  const call = audited as (request: unknown, context: unknown) => unknown;
  return { audit, call: (request: unknown) => call(request, contextOf(administrator)) };
}

it('takes for reads what the contract reads, and for changes all else', () => {
  const looksByPost = [
    'planInstance',
    'planProvision',
    'waitInstance',
    'findLeaseAvailability',
    'waitOperation',
  ];
  const secretByGet = ['readGuestFile', 'exportBookings'];
  for (const { verb, method } of bindings.bindings) {
    const { localName } = method;
    const reads = (verb === 'get' && !secretByGet.includes(localName)) || looksByPost.includes(localName);
    expect([localName, methodClass(localName) === 'read']).toEqual([localName, reads]);
  }
  const unbound = ['deleteComputation', 'uploadImage', 'attachConsole', 'createAccessKey'];
  for (const name of unbound) expect(methodClass(name), name).not.toBe('read');
  expect(methodClass('somethingNew')).toBe('change');
});

it('knows what a request is about', () => {
  const of = (service: string, request: object) => {
    const { kind, id } = subjectOf(`protium.v1.${service}`, request, 'p');
    return `${kind} ${id}`;
  };
  expect(of('InstancesService', { name: 'web1', config: { name: 'no' } })).toBe('instance web1');
  expect(of('AttachmentsService', { instance: 'web1', pool: 'p', volume: 'v' })).toBe('instance web1');
  expect(of('SnapshotsService', { instance: 'web1', snapshot: 's1' })).toBe('snapshot web1/s1');
  expect(of('SnapshotsService', { instance: 'web1', name: 's1' })).toBe('instance web1');
  expect(of('VolumesService', { pool: 'default', name: 'v' })).toBe('volume default/v');
  expect(of('PoolsService', { pool: 'default' })).toBe('pool default');
  expect(of('AccessKeysService', { user: 'anna' })).toBe('access-key anna');
  expect(of('FloatingAddressesService', { floatingAddress: 'f1' })).toBe('floating-address f1');
  expect(of('PortForwardsService', { id: 'p1' })).toBe('port-forward p1');
  expect(of('BookingsService', { user: 'anna', image: 'debian' })).toBe('booking anna');
  expect(of('OperationsService', { id: 'o1' })).toBe('operation o1');
  const owner = 'ABCDEF00-0000-4000-8000-00000000000f';
  expect(subjectOf('protium.v1.KeyPairsService', { name: 'k', owner }, 'p')).toEqual({
    kind: 'key-pair',
    id: 'k',
    project: 'abcdef0000004000800000000000000f',
  });
});

it('records a change, and of what was made its id and owner', async () => {
  const owner = 'c'.repeat(32);
  const { audit, call } = called('protium.v1.LeasesService/createLease', () => ({
    operation: { id: 'not this' },
    lease: { id: 'l1', owner },
  }));
  await call({ name: '', owner: '' });
  const [attempt, outcome] = entriesOf(audit);
  expect(attempt).toMatchObject({
    method: 'protium.v1.LeasesService/CreateLease',
    user: 'root',
    way: 'local',
    requestId: 'r',
    project: administrator.project,
  });
  expect(outcome).toMatchObject({ objectKind: 'lease', object: 'l1', project: owner, result: 'ok' });
});

it('does not record dry runs and reads that succeed, but who was turned away', async () => {
  const dry = called('protium.v1.InstancesService/deleteInstance', () => ({}));
  await dry.call({ instance: 'web1', validateOnly: true });
  expect(entriesOf(dry.audit)).toEqual([]);
  const read = called('protium.v1.InstancesService/getInstance', () => {
    throw new ProtiumError('access-denied', 'no');
  });
  await expect(read.call({ instance: 'web1' })).rejects.toMatchObject({ code: 'access-denied' });
  expect(entriesOf(read.audit).map(brief)).toEqual(['refusal root web1 access-denied']);
  const missing = called('protium.v1.InstancesService/getInstance', () => {
    throw new ProtiumError('not-found', 'no');
  });
  await expect(missing.call({ instance: 'web1' })).rejects.toMatchObject({ code: 'not-found' });
  expect(entriesOf(missing.audit)).toEqual([]);
  const withReads = called('protium.v1.InstancesService/getInstance', () => ({}), true);
  await withReads.call({ instance: 'web1' });
  expect(entriesOf(withReads.audit).map(brief)).toEqual(['read root web1 ok']);
});

it('records streams: of an upload all, of a console that it was opened, of what is watched a refusal', async () => {
  const read: unknown[] = [];
  const take = async (requests: AsyncIterable<unknown>) => {
    for await (const request of requests) read.push(request);
    return { operation: { id: 'o' } };
  };
  const messages = [
    { part: { $case: 'upload', value: { name: 'debian' } } },
    { part: { $case: 'chunk', value: 'SECRET' } },
  ];
  const upload = called('protium.v1.ImagesService/uploadImage', take as V1Method);
  await upload.call(streamOf(messages));
  expect(read).toEqual(messages);
  expect(entriesOf(upload.audit).map(brief)).toEqual(['attempt root debian', 'outcome root debian ok']);
  await upload.call(streamOf([]));
  expect(entriesOf(upload.audit)).toHaveLength(4);

  const converse = async function* (requests: AsyncIterable<unknown>) {
    for await (const request of requests) yield { heard: request };
  };
  const attach = called('protium.v1.ConsolesService/attachConsole', converse as V1Method);
  const open = { message: { $case: 'open', value: { instance: 'web1' } } };
  const answers = attach.call(streamOf([open, 'typed'])) as AsyncGenerator;
  expect(await answers.next()).toEqual({ done: false, value: { heard: open } });
  expect(entriesOf(attach.audit).map(brief)).toEqual(['attempt root web1', 'outcome root web1 ok']);
  expect(await answers.next()).toEqual({ done: false, value: { heard: 'typed' } });
  expect((await answers.next()).done).toBe(true);

  const watch = called('protium.v1.EventsService/watchEvents', async function* () {
    await Promise.resolve();
    yield 1;
    throw new ProtiumError('access-denied', 'no');
  });
  const seen = watch.call({}) as AsyncGenerator;
  expect((await seen.next()).value).toBe(1);
  await expect(seen.next()).rejects.toMatchObject({ code: 'access-denied' });
  expect(entriesOf(watch.audit).map(brief)).toEqual(['refusal root access-denied']);
});

async function* streamOf(messages: readonly unknown[]): AsyncGenerator {
  for (const message of messages) {
    await Promise.resolve();
    yield message;
  }
}

/** Fields that name something; all others may hold a secret. */
const names = new Set(
  ['snapshot', 'instance', 'floatingAddress', 'network', 'lease', 'provision', 'accessKey', 'image'].concat([
    'name',
    'id',
    'user',
    'pool',
    'owner',
  ]),
);

/** A message of which each text, at any depth, is the secret; at the top, names are names. */
function secretive(message: DescMessage, secret: string, depth = 0): object {
  const fields = message.fields.map((field) => {
    const { localName, fieldKind } = field;
    if (depth <= 1 && names.has(localName) && fieldKind === 'scalar') return [localName, 'web1'];
    const value =
      field.message !== undefined && depth < 4
        ? secretive(field.message, secret, depth + 1)
        : localName === 'validateOnly'
          ? false
          : secret;
    return [localName, fieldKind === 'list' ? [value] : value];
  });
  return Object.fromEntries(fields) as object;
}

it('never records a secret, whatever is called with it, and whatever comes of it', async () => {
  const database = openFor();
  const audit = auditOf(database, { reads: true });
  const secrets = fc.sample(fc.string({ unit: 'grapheme-ascii', minLength: 12, maxLength: 40 }), {
    numRuns: bindings.bindings.length,
    seed: 7,
  });
  for (const [index, { service, method, input, output }] of bindings.bindings.entries()) {
    if (method.methodKind !== 'unary') continue;
    const secret = `SECRET${secrets[index] ?? ''}`;
    for (const work of [
      () => secretive(output, secret),
      () => {
        throw new ProtiumError('argument-invalid', secret, { details: { secret } });
      },
      () => {
        throw new Error(secret);
      },
    ]) {
      const audited = auditedService(serviceOf(`${service}/${method.localName}`, work), audit);
      const call = audited.methods[method.localName] as (
        request: unknown,
        context: unknown,
      ) => Promise<unknown>;
      await call(secretive(input, secret), contextOf(administrator)).catch(() => undefined);
    }
  }
  expect(entriesOf(audit).length).toBeGreaterThan(300);
  expect(
    database
      .prepare('SELECT * FROM audit_entry')
      .all()
      .map((row) => JSON.stringify(row))
      .join(),
  ).not.toMatch(/SECRET/);
});

it('cuts a token that stands where a name belongs', async () => {
  const { audit, call } = called('protium.v1.AccessKeysService/revokeAccessKey', () => ({}));
  await call({ accessKey: 'pt_abc123_TheSecretHalf-of_it' });
  expect(entriesOf(audit)[0]?.object).toBe('pt_abc123');
  await call({ accessKey: `\u0000\n\ud800${'x'.repeat(5000)}` });
  expect(entriesOf(audit)[2]?.object).toMatch(/^\?\?\?x{197}$/);
});
