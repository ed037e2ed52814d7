import fc from 'fast-check';
import { readDescriptors } from '../../../internal/api/grpc/descriptors.ts';
import { readBindings, type HttpBinding } from '../../../internal/api/http/v1/bindings.ts';
import { table } from '../../unit/api/http/gpueater/table.ts';
import { corpusJson } from '../corpus.ts';
import { anyName, anyValue, bentValue } from '../generators/values.ts';
import { mutatedBytes, mutatedText } from '../generators/mutation.ts';
import type { HttpInput } from './http-client.ts';
import { messageValue } from './message-values.ts';
import { objectName } from './names.ts';

export interface HttpRoute {
  readonly name: string;
  readonly inputs: fc.Arbitrary<HttpInput>;
}

const header = fc.oneof(
  { weight: 8, arbitrary: fc.constant({}) },
  {
    weight: 1,
    arbitrary: fc.dictionary(
      fc.constantFrom(
        'If-Match',
        'Idempotency-Key',
        'Last-Event-ID',
        'Accept',
        'Range',
        'Content-Range',
        'X-Request-Id',
        'traceparent',
      ),
      mutatedText([
        '"1"',
        'bytes=0-1',
        'text/event-stream',
        '00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01',
      ]),
      { maxKeys: 2 },
    ),
  },
);
const json = { 'Content-Type': 'application/json' };

function searchOf(pairs: readonly (readonly [string, unknown])[]): string {
  const search = new URLSearchParams();
  for (const [key, value] of pairs) search.append(wellFormed(key), wellFormed(String(value)));
  return search.toString();
}

function encoded(template: string, values: readonly string[]): string {
  let at = 0;
  return template.replaceAll(/\{\w+\}|:\w+/g, () =>
    encodeURIComponent(wellFormed(values[at++ % values.length] ?? '')),
  );
}

/** encodeURIComponent throws at half characters. */
function wellFormed(text: string): string {
  return text.replaceAll(/\p{Surrogate}/gu, '\ufffd');
}

const names = fc.array(objectName, { minLength: 3, maxLength: 3 });

/** Bodies as JSON, some of them broken as text. */
function bodyText(value: fc.Arbitrary<unknown>): fc.Arbitrary<string> {
  return fc.oneof(
    { weight: 8, arbitrary: value.map((each) => (JSON.stringify(each) as string | undefined) ?? '') },
    { weight: 1, arbitrary: mutatedText(['{"name":"a"}', '[]', '{"a":{"b":[1,2]}}']) },
  );
}

function bound(binding: HttpBinding): HttpRoute {
  const message = messageValue(binding.input);
  const parameters = message.map((value) =>
    Object.entries(value as object).filter(([, each]) => typeof each !== 'object'),
  );
  const inputs = fc
    .record({ values: names, body: bodyText(message), query: parameters, headers: header })
    .map(({ values, body, query, headers }): HttpInput => {
      const path = encoded(binding.path, values);
      const search = searchOf(query);
      const hasBody = binding.body !== '';
      return {
        method: binding.verb.toUpperCase(),
        path: hasBody || search === '' ? path : `${path}?${search}`,
        headers: hasBody ? { ...json, ...headers } : headers,
        body: hasBody ? body : undefined,
        endless: binding.method.methodKind === 'server_streaming',
      };
    });
  return { name: `HTTP: ${binding.verb.toUpperCase()} ${binding.path}`, inputs };
}

function form(method: string, name: string, path: string, fields: readonly string[]): HttpRoute {
  const value = fc.oneof(
    { weight: 4, arbitrary: objectName },
    { weight: 1, arbitrary: mutatedText(['true', '10', '[{"instance_id":"1"}]']) },
  );
  const key = fc.oneof(
    { weight: 9, arbitrary: fc.constantFrom('a', ...fields) },
    { weight: 1, arbitrary: anyName },
  );
  const inputs = fc
    .record({
      pairs: fc.array(fc.tuple(key, value), { maxLength: 6 }),
      asJson: fc.boolean(),
      headers: header,
    })
    .map(({ pairs, asJson, headers }): HttpInput => {
      const text = searchOf(pairs);
      const who = { 'User-Agent': 'NodeJS-API', ...headers };
      if (method === 'GET') return { method, path: `${path}?${text}`, headers: who, body: undefined };
      if (asJson)
        return {
          method,
          path,
          headers: { ...who, ...json },
          body: JSON.stringify(Object.fromEntries(pairs)),
        };
      return {
        method,
        path,
        headers: { ...who, 'Content-Type': 'application/x-www-form-urlencoded' },
        body: text,
      };
    });
  return { name, inputs };
}

const examples = corpusJson('test/examples/elemento').map((body) => ({
  client_uid: 'f'.repeat(32),
  vm_name: 'fuzz-atomos',
  ...(body as object),
}));

function plain(
  method: string,
  path: string,
  body?: fc.Arbitrary<string | Buffer>,
  headers: Readonly<Record<string, string>> = {},
): HttpRoute {
  const inputs = fc
    .record({
      values: names,
      text: body ?? fc.constant(undefined),
      more: header,
      query: fc.option(fc.tuple(anyName, anyName)),
    })
    .map(({ values, text, more, query }): HttpInput => {
      const search = query === null ? '' : `?${searchOf([query])}`;
      return { method, path: encoded(path, values) + search, headers: { ...headers, ...more }, body: text };
    });
  return { name: `HTTP: ${method} ${path}`, inputs };
}

const atomosBody = bodyText(
  fc.oneof(
    bentValue(examples),
    bentValue(examples).map((req) => ({ client_uid: 'f'.repeat(32), req })),
  ),
);
const atomos = ['', '/api/v1.0'].flatMap((prefix) => [
  plain('POST', `${prefix}/canallocate`, atomosBody, json),
  plain('POST', `${prefix}/register`, atomosBody, json),
  plain('DELETE', `${prefix}/unregister`, atomosBody, json),
  ...['/statusjson', '/status', '/version', '/host/status', '/running', '/running/:vm', '/canallocate'].map(
    (path) => plain('GET', prefix + path),
  ),
]);

const run = {
  name: 'c',
  description: 'd',
  datasets: [{ dataset: 'a', hash: 'AA==', userKey: 'AA==' }],
  algorithms: [],
  result_consumers: [],
  agent_config: { port: '7002' },
  timeout: '1s',
  id: '1',
};
const cocosRun = bodyText(fc.oneof(bentValue([run]), anyValue));
const cocosDomain = bodyText(
  fc.oneof(
    fc.record({ pool: objectName, volume: objectName, domain: objectName }, { requiredKeys: [] }),
    bentValue([{ pool: 'xml/pool.xml', volume: 'xml/vol.xml', domain: 'xml/dom.xml' }]),
  ),
);
const content = mutatedBytes([Buffer.from('QFI\xfb\0\0\0\x03', 'latin1'), Buffer.alloc(1024, 7)]);

/** Every route of every dialect. */
export function httpRoutes(): readonly HttpRoute[] {
  return [
    ...readBindings(readDescriptors()).bindings.map(bound),
    ...table.map(({ name, method, path, fields }) =>
      form(
        method,
        `GPUEater: ${name}`,
        `/console/servers${path}`,
        fields.map((field) => field.name),
      ),
    ),
    form('POST', 'GPUEater: api_login', '/api_login', ['email', 'password']),
    plain('GET', '/login'),
    ...atomos,
    plain('POST', '/domain', cocosDomain, json),
    plain('POST', '/run', cocosRun, json),
    plain('GET', '/run'),
    plain('GET', '/run/:id'),
    plain('DELETE', '/run/:id'),
    ...[
      '/health',
      '/metrics',
      '/docs',
      '/v1/openapi.json',
      '/v1/schemas/config',
      '/v1/domains',
      '/v1/domains/:id',
      '/v1/node-devices',
      '/v1/host/doctor',
      '/console',
      '/console/:file',
      '/:anything',
    ].map((path) => plain('GET', path)),
    plain('PUT', '/v1/images/:name/content', content, { 'Content-Type': 'application/octet-stream' }),
    plain('PUT', '/v1/volumes/:pool/:name/content', content, { 'Content-Type': 'application/octet-stream' }),
    plain('GET', '/v1/volumes/:pool/:name/content'),
  ];
}
