import { create, fromJson, toBinary, type DescMethod } from '@bufbuild/protobuf';
import { Client, credentials, Metadata, status, type ServiceError } from '@grpc/grpc-js';
import fc from 'fast-check';
import { readDescriptors } from '../../../internal/api/grpc/descriptors.ts';
import { readBindings } from '../../../internal/api/http/v1/bindings.ts';
import { mutatedBytes } from '../generators/mutation.ts';
import { target, type FuzzTarget } from '../target.ts';
import { messageValue } from './message-values.ts';

/** What says that the daemon broke: the rest is said to the caller. */
const broken: readonly status[] = [status.INTERNAL, status.UNKNOWN, status.DATA_LOSS];
const longestMs = 30_000;
/** How long something that goes on by itself is listened to. */
const listenMs = 20;

/** Every method of every service, called with messages of its kind and with bytes that are none. */
export function grpcTargets(address: string): readonly FuzzTarget[] {
  const client = new Client(address, credentials.createInsecure(), { 'grpc.max_receive_message_length': -1 });
  const { registry } = readBindings(readDescriptors());
  const methods = [...registry.files].flatMap((file) => file.services.flatMap((service) => service.methods));
  const pass = (bytes: Buffer): Buffer => bytes;

  const call = (method: DescMethod, bytes: Buffer): Promise<void> =>
    new Promise((resolve, reject) => {
      const path = `/${method.parent.typeName}/${method.name}`;
      const deadline = Date.now() + longestMs;
      const ended = (error: ServiceError | null): void => {
        if (error === null || error.code === status.CANCELLED) resolve();
        else if (error.code === status.DEADLINE_EXCEEDED && Date.now() >= deadline)
          reject(new Error(`${path}: no answer within ${longestMs} ms.`));
        else if (
          error.code === status.UNAVAILABLE &&
          /ECONNREFUSED|No connection established|dropped/i.test(error.details)
        )
          reject(new Error(`${path}: the daemon is gone: ${error.details}`));
        // Bytes that are no message of this kind are refused by the library, as INTERNAL.
        else if (broken.includes(error.code) && !error.details.startsWith('Error deserializing request'))
          reject(new Error(`${path}: ${error.message}`));
        else resolve();
      };
      if (method.methodKind === 'unary') {
        client.makeUnaryRequest(path, pass, pass, bytes, new Metadata(), { deadline }, (error) =>
          ended(error),
        );
        return;
      }
      const metadata = new Metadata();
      const twoWay =
        method.methodKind === 'server_streaming'
          ? null
          : client.makeBidiStreamRequest(path, pass, pass, metadata, { deadline });
      const stream =
        twoWay ?? client.makeServerStreamRequest(path, pass, pass, bytes, metadata, { deadline });
      const timer = setTimeout(() => stream.cancel(), listenMs);
      stream.on('data', () => undefined);
      stream.on('error', () => undefined);
      stream.on('status', ({ code, details }) => {
        clearTimeout(timer);
        ended(
          code === status.OK
            ? null
            : Object.assign(new Error(details), { code, details, metadata: new Metadata() }),
        );
      });
      twoWay?.write(bytes);
      twoWay?.end();
    });

  return methods.map((method) => {
    const whole = messageValue(method.input).map((value) => {
      try {
        return Buffer.from(
          toBinary(
            method.input,
            fromJson(method.input, value as never, { registry, ignoreUnknownFields: true }),
          ),
        );
      } catch {
        return Buffer.from(toBinary(method.input, create(method.input)));
      }
    });
    const bytes = fc.oneof(
      { weight: 3, arbitrary: whole },
      {
        weight: 1,
        arbitrary: mutatedBytes([
          Buffer.from('\x0a\x04fuzz\x12\x02ok\x18\x01', 'latin1'),
          Buffer.from('\x0a\xff\xff\xff\xff\x0f', 'latin1'),
        ]),
      },
    );
    return target(`gRPC: ${method.parent.typeName}/${method.name}`, bytes, (input) => call(method, input));
  });
}
