import { createFileRegistry, fromBinary, toJson, type JsonValue } from '@bufbuild/protobuf';
import { FileDescriptorSetSchema } from '@bufbuild/protobuf/wkt';
import { readDescriptors } from '../../../internal/api/grpc/descriptors.ts';
import type { Method } from '../connection/daemon.ts';

/** An answer as protobuf maps it to JSON: what HTTP gives. */
export function answerJson<Answer>(method: AnswerMethod<Answer>, answer: Answer): JsonValue {
  registry ??= createFileRegistry(fromBinary(FileDescriptorSetSchema, readDescriptors()));
  const [, service = '', name = ''] = method.path.split('/');
  const output = registry.getService(service)?.methods.find((each) => each.name === name)?.output;
  if (output === undefined) throw new Error(`${method.path} is in no contract.`);
  const message = fromBinary(output, method.responseSerialize(answer));
  return toJson(output, message, { registry, alwaysEmitImplicit: true });
}

/** What is needed of a method to write its answers. */
export type AnswerMethod<Answer> = Pick<Method<never, Answer>, 'path' | 'responseSerialize'>;

// Read at the first answer in JSON: most commands need none.
let registry: ReturnType<typeof createFileRegistry> | undefined;
