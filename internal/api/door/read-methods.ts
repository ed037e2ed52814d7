import type { HttpBinding } from '../http/v1/bindings.ts';

/** Full names of the gRPC methods that change nothing: those that HTTP has as GET, and reflection. */
export function readMethods(bindings: readonly HttpBinding[]): ReadonlySet<string> {
  return new Set([
    ...bindings
      .filter(({ verb }) => verb === 'get')
      .map(({ service, method }) => `${service}/${method.name}`),
    'grpc.reflection.v1.ServerReflection/ServerReflectionInfo',
    'grpc.reflection.v1alpha.ServerReflection/ServerReflectionInfo',
  ]);
}
