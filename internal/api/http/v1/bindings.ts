import {
  createFileRegistry,
  fromBinary,
  getOption,
  hasOption,
  type DescExtension,
  type DescMessage,
  type DescMethod,
  type FileRegistry,
} from '@bufbuild/protobuf';
import { FileDescriptorSetSchema } from '@bufbuild/protobuf/wkt';

/** How a method of protium.v1 is called over HTTP, as its contract says (google.api.http). */
export interface HttpBinding {
  /** Full name of the service. */
  readonly service: string;
  readonly method: DescMethod;
  readonly verb: 'get' | 'put' | 'post' | 'delete' | 'patch';
  /** As the contract has it: `/v1/instances/{instance}`. */
  readonly path: string;
  /** Names of the fields in the path. */
  readonly pathFields: readonly string[];
  /** Name of the request's field that is the body; `*`: all that are not in the path; empty: there is no body. */
  readonly body: string;
  /** Name of the answer's field of bytes that is the answer's body, by the answer's content_type; empty: JSON of all. */
  readonly responseBody: string;
  readonly input: DescMessage;
  readonly output: DescMessage;
}

const verbs = ['get', 'put', 'post', 'delete', 'patch'] as const;

export interface HttpBindings {
  readonly bindings: readonly HttpBinding[];
  /** Knows the types that are within the messages. */
  readonly registry: FileRegistry;
}

/** @param bytes a serialised google.protobuf.FileDescriptorSet, complete with imports. */
export function readBindings(bytes: Uint8Array): HttpBindings {
  const registry = createFileRegistry(fromBinary(FileDescriptorSetSchema, bytes));
  const http = registry.getExtension('google.api.http');
  const bindings: HttpBinding[] = [];
  for (const file of registry.files) {
    for (const service of file.services) {
      for (const method of service.methods) {
        const binding = http === undefined ? null : bindingOf(service.typeName, method, http);
        if (binding !== null) bindings.push(binding);
      }
    }
  }
  return { bindings, registry };
}

interface Rule {
  readonly pattern: { readonly case?: string; readonly value?: unknown };
  readonly body: string;
  readonly responseBody: string;
}

function bindingOf(service: string, method: DescMethod, http: DescExtension): HttpBinding | null {
  if (!hasOption(method, http)) return null;
  const { pattern, body, responseBody } = getOption(method, http) as Rule;
  const verb = verbs.find((each) => each === pattern.case);
  const path = pattern.value;
  if (verb === undefined || typeof path !== 'string') {
    throw new Error(`${service}.${method.name} has no path for HTTP.`);
  }
  const pathFields = [...path.matchAll(/\{(\w+)\}/g)].flatMap(([, field]) => field ?? []);
  const { input, output } = method;
  return { service, method, verb, path, pathFields, body, responseBody, input, output };
}
