import { create, fromBinary, toBinary } from '@bufbuild/protobuf';
import { FileDescriptorProtoSchema, FileDescriptorSetSchema } from '@bufbuild/protobuf/wkt';
import { describe, expect, it } from 'vitest';
import { indexDescriptors, readDescriptors } from '../../../../internal/api/grpc/descriptors.ts';
import {
  ServerReflectionClient,
  type ServerReflectionRequest,
  type ServerReflectionResponse,
} from '../../../../internal/api/grpc/generated/grpc/reflection/v1/reflection.ts';
import { ServerReflectionClient as AlphaClient } from '../../../../internal/api/grpc/generated/grpc/reflection/v1alpha/reflection.ts';
import { reflectionServices } from '../../../../internal/api/grpc/reflection.ts';
import { connect, serve } from './harness.ts';

type Asked = ServerReflectionRequest['messageRequest'];

/** Asks all in one stream. */
async function ask(Client: typeof ServerReflectionClient | typeof AlphaClient, ...questions: Asked[]) {
  const services = reflectionServices(indexDescriptors(readDescriptors()), ['manager.ManagerService']);
  const { address } = await serve(services);
  const stream = connect(Client, address).serverReflectionInfo();
  for (const messageRequest of questions) stream.write({ host: 'here', messageRequest });
  stream.end();
  const answers: ServerReflectionResponse[] = [];
  for await (const answer of stream) answers.push(answer as ServerReflectionResponse);
  return answers;
}

async function answerTo(question: Asked): Promise<ServerReflectionResponse['messageResponse']> {
  const [answer] = await ask(ServerReflectionClient, question);
  return answer?.messageResponse;
}

async function fileNames(question: Asked): Promise<readonly string[]> {
  const answer = await answerTo(question);
  if (answer?.$case !== 'fileDescriptorResponse') throw new Error(`answered ${answer?.$case}`);
  return answer.value.fileDescriptorProto.map((bytes) => fromBinary(FileDescriptorProtoSchema, bytes).name);
}

describe.each([
  { version: 'v1', Client: ServerReflectionClient },
  { version: 'v1alpha', Client: AlphaClient },
])('reflection $version', ({ Client }) => {
  it('lists the services, itself included, and answers in order on one stream', async () => {
    const [list, file] = await ask(
      Client,
      { $case: 'listServices', value: '' },
      { $case: 'fileByFilename', value: 'agent/agent.proto' },
    );
    expect(list).toMatchObject({
      validHost: 'here',
      originalRequest: { messageRequest: { $case: 'listServices' } },
    });
    expect(list?.messageResponse).toEqual({
      $case: 'listServicesResponse',
      value: {
        service: [
          { name: 'grpc.reflection.v1.ServerReflection' },
          { name: 'grpc.reflection.v1alpha.ServerReflection' },
          { name: 'manager.ManagerService' },
        ],
      },
    });
    expect(file?.messageResponse?.$case).toBe('fileDescriptorResponse');
  });
});

describe('files', () => {
  it('come with all that they import, under their own names', async () => {
    expect(await fileNames({ $case: 'fileContainingSymbol', value: 'manager.ManagerService' })).toEqual([
      'manager/manager.proto',
      'google/protobuf/timestamp.proto',
    ]);
    expect(await fileNames({ $case: 'fileByFilename', value: 'protium/v1/operations.proto' })).toEqual([
      'protium/v1/operations.proto',
      'google/api/annotations.proto',
      'google/protobuf/struct.proto',
      'google/protobuf/timestamp.proto',
      'google/api/http.proto',
      'google/protobuf/descriptor.proto',
    ]);
  });

  it.each([
    ['a method', 'manager.ManagerService.Run', 'manager/manager.proto'],
    ['a message', 'manager_proto.RunRequest', 'manager_proto/manager.proto'],
    ['a field', 'manager.RunResponse.ID', 'manager/manager.proto'],
    ['a nested message', 'google.protobuf.Struct.FieldsEntry', 'google/protobuf/struct.proto'],
    ['a nested enum', 'grpc.health.v1.HealthCheckResponse.ServingStatus', 'grpc/health/v1/health.proto'],
    ['a value of a nested enum', 'grpc.health.v1.HealthCheckResponse.SERVING', 'grpc/health/v1/health.proto'],
    ['a value of an enum', 'protium.v1.DOMAIN_STATE_RUNNING', 'protium/v1/domains.proto'],
    ['what an error carries', 'google.rpc.ErrorInfo', 'google/rpc/error_details.proto'],
  ])('are found by %s', async (_what, value, file) => {
    expect((await fileNames({ $case: 'fileContainingSymbol', value }))[0]).toBe(file);
  });

  it.each([
    { $case: 'fileByFilename', value: 'no/such.proto' },
    { $case: 'fileContainingSymbol', value: 'no.Such' },
    {
      $case: 'fileContainingExtension',
      value: { containingType: 'manager.RunRequest', extensionNumber: 100 },
    },
    { $case: 'allExtensionNumbersOfType', value: 'no.Such' },
  ] satisfies Asked[])('that are not there: NOT_FOUND within the stream ($case)', async (question) => {
    expect(await answerTo(question)).toMatchObject({ $case: 'errorResponse', value: { errorCode: 5 } });
  });

  it('are not sent for an empty request', async () => {
    expect(await answerTo(undefined)).toMatchObject({ $case: 'errorResponse', value: { errorCode: 3 } });
  });
});

describe('extensions', () => {
  it('of a message that has none: an empty list', async () => {
    expect(await answerTo({ $case: 'allExtensionNumbersOfType', value: 'manager.RunRequest' })).toEqual({
      $case: 'allExtensionNumbersResponse',
      value: { baseTypeName: 'manager.RunRequest', extensionNumber: [] },
    });
  });

  it('are found, also where they are declared in a message', () => {
    const extension = (name: string, number: number) => ({ name, number, extendee: '.base.Options' });
    const index = indexDescriptors(
      toBinary(
        FileDescriptorSetSchema,
        create(FileDescriptorSetSchema, {
          file: [
            { name: 'base.proto', package: 'base', messageType: [{ name: 'Options' }] },
            {
              name: 'more.proto',
              dependency: ['base.proto'],
              extension: [extension('second', 1002)],
              messageType: [{ name: 'Outer', extension: [extension('first', 1001)] }],
            },
          ],
        }),
      ),
    );
    expect(index.extensionNumbers('base.Options')).toEqual([1001, 1002]);
    expect(index.fileOfExtension('base.Options', 1001)).toHaveLength(2);
    expect(index.fileOfExtension('base.Options', 1003)).toBeUndefined();
    expect(index.fileOfSymbol('Outer.first')).toHaveLength(2);
    expect(index.fileOfSymbol('second')).toHaveLength(2);
  });
});
