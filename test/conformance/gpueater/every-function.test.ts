import { stringify } from 'node:querystring';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { table } from '../../unit/api/http/gpueater/table.ts';
import { gpueaterBench, type BenchUser, type GpueaterBench } from './bench.ts';
import { python, rawRequest, ruby, type Vector } from './raw-request.ts';

let at: GpueaterBench;
let anna: BenchUser;
let cookie: string;

beforeAll(async () => {
  at = await gpueaterBench();
  anna = await at.user('anna');
  const { host } = new URL(at.daemon.http);
  const form = stringify({ email: anna.email, password: anna.password });
  const answer = await rawRequest(at.daemon.http, python(host, 'POST', '/api_login', form, null), form);
  cookie = answer.headers.get('set-cookie') ?? '';
});

afterAll(async () => {
  await at.close();
});

const send = async (vector: Vector, method: 'GET' | 'POST', path: string, form: string) => {
  const { host } = new URL(at.daemon.http);
  const query = method === 'GET' && form !== '' ? `?${form}` : '';
  const route = `/console/servers${path}${query}`;
  const body = method === 'GET' ? '' : form;
  const answer = await rawRequest(at.daemon.http, vector(host, method, route, form, cookie), body);
  expect(answer.headers.get('content-type'), path).toBe('application/json; charset=utf-8');
  const envelope = JSON.parse(answer.body) as Record<string, unknown>;
  expect(Object.keys(envelope).sort(), path).toEqual(['data', 'error']);
  expect(answer.status, `${path} ${form.slice(0, 100)}: ${answer.body.slice(0, 300)}`).toBeLessThan(500);
  return { ...answer, envelope };
};

/** All that the user has. */
const having = async () => {
  const lists = table.filter(
    ({ method, path }) =>
      method === 'GET' &&
      /^\/(?:instance_list|registered_image_list|ssh_keys|snapshots|volume_list|subscribed_list)$/.test(path),
  );
  expect(lists.length).toBeGreaterThanOrEqual(5);
  return Promise.all(lists.map(async ({ path }) => (await send(python, 'GET', path, '')).envelope));
};

/** What no field can mean. */
const hostile: readonly string[] = [
  '../../etc/passwd',
  '"; touch /tmp/x #',
  '\u0000',
  '-1',
  '9'.repeat(40),
  '{"instance_id":1}',
  '[null]',
  '<a href="x">é&amp;</a>',
  'x'.repeat(5000),
  '__proto__',
];

const functions = table.map(({ name, ...rest }) => [name, rest] as const);

it.each(functions)(
  '%s: fields that are missing or mean nothing are told as JSON, and change nothing',
  async (_name, of) => {
    const before = await having();
    const required = of.fields.some((field) => field.required);
    const forms = [
      '',
      ...of.fields.map(({ name }) => `${name}[a]=b&${name}[0]=c`),
      ...hostile.map((value) => stringify(Object.fromEntries(of.fields.map(({ name }) => [name, value])))),
    ];
    for (const vector of [python, ruby]) {
      for (const form of new Set(forms)) {
        const { status, envelope } = await send(vector, of.method, of.path, form);
        if (envelope['error'] === null) {
          expect(required, `${of.path} ${form.slice(0, 100)}`).toBe(false);
          expect(status).toBe(200);
        } else {
          expect(envelope).toEqual({ data: null, error: expect.stringMatching(/./) as string });
          expect(status).toBeGreaterThanOrEqual(400);
        }
      }
    }
    expect(await having()).toEqual(before);
  },
);
