import { fromBinary, ScalarType, type DescField, type DescMessage } from '@bufbuild/protobuf';
import { FileDescriptorSetSchema, type FileDescriptorSet } from '@bufbuild/protobuf/wkt';
import { execa } from 'execa';
import { join } from 'node:path';
import { readBindings, type HttpBinding } from '../../internal/api/http/v1/bindings.ts';

/** Makes proto/openapi.json from the contracts in proto/ and the comments that stand there. */

const root = join(import.meta.dirname, '../..');

type Schema = Readonly<Record<string, unknown>>;

/** The OpenAPI 3.1 document of the native API, as JSON text. */
export async function openApiText(): Promise<string> {
  const { stdout } = await execa('buf', ['build', '--as-file-descriptor-set', '-o', '-'], {
    cwd: root,
    preferLocal: true,
    localDir: root,
    encoding: 'buffer',
  });
  const set = fromBinary(FileDescriptorSetSchema, stdout);
  const document = openApi(readBindings(stdout).bindings, commentsOf(set));
  return `${JSON.stringify(document, null, 2)}\n`;
}

function openApi(bindings: readonly HttpBinding[], comments: ReadonlyMap<string, string>): Schema {
  const schemas: Record<string, Schema> = { Problem: problem };
  const queue: DescMessage[] = [];
  const described = (name: string): Schema => {
    const description = comments.get(name);
    return description === undefined ? {} : { description };
  };
  const refer = (message: DescMessage): Schema => {
    const known = wellKnown[message.typeName];
    if (known !== undefined) return known;
    if (!(shortName(message) in schemas)) {
      schemas[shortName(message)] = {};
      queue.push(message);
    }
    return { $ref: `#/components/schemas/${shortName(message)}` };
  };
  const typeOf = (field: DescField): Schema => {
    if (field.fieldKind === 'list') return { type: 'array', items: itemOf(field) };
    if (field.fieldKind === 'map') return { type: 'object', additionalProperties: itemOf(field) };
    return itemOf(field);
  };
  const itemOf = (field: DescField): Schema => {
    if (field.message !== undefined) return refer(field.message);
    if (field.enum !== undefined) return { type: 'string', enum: field.enum.values.map(({ name }) => name) };
    return scalars[field.scalar] ?? { type: 'string' };
  };
  const property = (field: DescField): Schema => {
    const type = typeOf(field);
    const description = described(`${field.parent.typeName}.${field.name}`);
    // Nothing may stand beside a reference but what OpenAPI 3.1 allows: a description.
    return { ...type, ...description };
  };

  const paths: Record<string, Record<string, Schema>> = {};
  for (const binding of bindings) {
    const { method, input, output, path, pathFields, body, verb } = binding;
    const inPath = input.fields.filter(({ name }) => pathFields.includes(name));
    const inQuery =
      body === '*' ? [] : input.fields.filter(({ name }) => !pathFields.includes(name) && name !== body);
    const bodyField = input.fields.find(({ name }) => name === body);
    const parameters = [
      ...inPath.map((field) => ({
        name: field.name,
        in: 'path',
        required: true,
        schema: typeOf(field),
        ...described(`${input.typeName}.${field.name}`),
      })),
      ...inQuery.map((field) => ({
        name: field.jsonName,
        in: 'query',
        schema: typeOf(field),
        ...described(`${input.typeName}.${field.name}`),
      })),
    ];
    const bodySchema = body === '*' ? refer(input) : bodyField === undefined ? null : typeOf(bodyField);
    const streams = method.methodKind === 'server_streaming';
    const answer =
      binding.responseBody === ''
        ? { [streams ? 'text/event-stream' : 'application/json']: { schema: refer(output) } }
        : // Its kind is told in the comment of content_type.
          {
            [comments.get(`${output.typeName}.content_type`) ?? 'application/octet-stream']: {
              schema: { type: 'string', format: 'binary' },
            },
          };
    const operation = output.fields.find(({ name }) => name === 'operation');
    const begins = operation !== undefined && verb !== 'get' && method.name !== 'CancelOperation';
    paths[path] ??= {};
    paths[path][verb] = {
      operationId: method.localName,
      tags: [binding.service.replace(/^.*\.(\w+)Service$/, '$1')],
      ...described(`${binding.service}.${method.name}`),
      ...(parameters.length === 0 ? {} : { parameters }),
      ...(bodySchema === null
        ? {}
        : { requestBody: { content: { 'application/json': { schema: bodySchema } } } }),
      responses: {
        '200': { description: 'Done.', content: answer },
        ...(begins
          ? {
              '202': {
                description: 'Begun: the header Location leads to the operation.',
                headers: { Location: { schema: { type: 'string' } } },
                content: answer,
              },
            }
          : {}),
        default: {
          description: 'What went wrong (RFC 9457), by a stable code.',
          content: { 'application/problem+json': { schema: { $ref: '#/components/schemas/Problem' } } },
        },
      },
    };
  }
  for (const message of queue) {
    schemas[shortName(message)] = {
      type: 'object',
      ...described(message.typeName),
      properties: Object.fromEntries(message.fields.map((field) => [field.jsonName, property(field)])),
    };
  }
  return {
    openapi: '3.1.0',
    info: {
      title: 'Protium',
      version: 'v1',
      description:
        'The native API over HTTP. The same methods, with the same messages, are served over gRPC; the JSON is ' +
        "protobuf's mapping: 64-bit numbers are texts, enums are names.",
      license: { name: 'Apache-2.0', identifier: 'Apache-2.0' },
    },
    servers: [{ url: '/' }],
    paths,
    components: { schemas: sorted(schemas) },
  };
}

const problem: Schema = {
  type: 'object',
  description: 'What went wrong.',
  properties: {
    type: { type: 'string' },
    title: { type: 'string' },
    status: { type: 'integer' },
    detail: { type: 'string', description: 'What is wrong and what to do about it.' },
    code: { type: 'string', description: 'Stable: a code of the error catalogue.' },
    retryable: { type: 'boolean', description: 'The same request may succeed later.' },
    instance: { type: 'string', description: 'Names the request: its id is in the log.' },
    details: { type: 'object' },
    errors: {
      type: 'array',
      description: 'One entry for each field that is wrong.',
      items: { type: 'object' },
    },
  },
};

const wellKnown: Readonly<Record<string, Schema>> = {
  'google.protobuf.Timestamp': { type: 'string', format: 'date-time' },
  'google.protobuf.Struct': { type: 'object' },
  'google.protobuf.Value': {},
};

const integer = { type: 'integer' };
const bigInteger = { type: 'string', pattern: '^-?[0-9]+$' };
const scalars: Readonly<Partial<Record<ScalarType, Schema>>> = {
  [ScalarType.BOOL]: { type: 'boolean' },
  [ScalarType.INT32]: integer,
  [ScalarType.UINT32]: { type: 'integer', minimum: 0 },
  [ScalarType.INT64]: bigInteger,
  [ScalarType.UINT64]: bigInteger,
  [ScalarType.DOUBLE]: { type: 'number' },
  [ScalarType.FLOAT]: { type: 'number' },
  [ScalarType.BYTES]: { type: 'string', contentEncoding: 'base64' },
};

function shortName({ typeName }: DescMessage): string {
  return typeName.replace(/^.*\./, '');
}

function sorted(schemas: Readonly<Record<string, Schema>>): Schema {
  return Object.fromEntries(Object.entries(schemas).sort(([a], [b]) => (a < b ? -1 : 1)));
}

/** By full name: messages, fields, services and methods. */
function commentsOf({ file: files }: FileDescriptorSet): ReadonlyMap<string, string> {
  const comments = new Map<string, string>();
  for (const file of files) {
    const scope = file.package;
    for (const { path, leadingComments } of file.sourceCodeInfo?.location ?? []) {
      const text = leadingComments.trim().replace(/\n\s*/g, ' ');
      const [kind, at = -1, part, index = -1] = path;
      const owner = kind === 4 ? file.messageType[at] : kind === 6 ? file.service[at] : undefined;
      if (text === '' || owner === undefined) continue;
      const name = `${scope}.${owner.name}`;
      if (path.length === 2) comments.set(name, text);
      else if (path.length === 4 && part === 2) {
        const member = kind === 4 ? file.messageType[at]?.field[index] : file.service[at]?.method[index];
        if (member !== undefined) comments.set(`${name}.${member.name}`, text);
      }
    }
  }
  return comments;
}
