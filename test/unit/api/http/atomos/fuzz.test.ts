import fc from 'fast-check';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { examples } from '../../../../examples/elemento/examples.ts';
import { fakeInstances, serveAll, type Answer, type TestServer } from './support.ts';

let server: TestServer;

beforeAll(async () => {
  server = await serveAll(fakeInstances());
});
afterAll(() => server.close());

const routes = [
  ['GET', '/canallocate'],
  ['POST', '/canallocate'],
  ['POST', '/register'],
  ['DELETE', '/unregister'],
  ['GET', '/running'],
  ['GET', '/running/00000000-0000-4000-8000-000000000000'],
  ['POST', '/v1/plan'],
] as const;

const name = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 40 }),
  fc.constantFrom(`]]>&"'<`, '\r\nX-Evil: 1', '__proto__', 'constructor', '\u0000', '\ud800', '\u{1f4a5}'),
);
const scalar = fc.oneof(
  name,
  fc.integer(),
  fc.double(),
  fc.boolean(),
  fc.constant(null),
  fc.constantFrom(0, -1, 1e9, 1e308, '1e9', '0x10', 'Infinity'),
);
const { value } = fc.letrec((tie) => ({
  value: fc.oneof(
    { maxDepth: 4 },
    scalar,
    fc.array(tie('value'), { maxLength: 4 }),
    fc.dictionary(name, tie('value'), { maxKeys: 4 }),
  ),
}));
const ids = { client_uid: 'f'.repeat(32), vm_name: 'fuzzed' };

/** The places of an object that hold something: every one may be replaced. */
function placesOf(of: unknown, path: readonly string[] = []): readonly (readonly string[])[] {
  if (typeof of !== 'object' || of === null) return [path];
  return [path, ...Object.entries(of).flatMap(([key, part]) => placesOf(part, [...path, key]))];
}

function replaced(of: unknown, [key, ...rest]: readonly string[], by: unknown): unknown {
  if (key === undefined) return by;
  const copy = (Array.isArray(of) ? [...(of as unknown[])] : { ...(of as object) }) as Record<
    string,
    unknown
  >;
  copy[key] = replaced(copy[key], rest, by);
  return copy;
}

const places = examples.flatMap(({ body }) => {
  const whole = { ...ids, ...(body as object) };
  return placesOf(whole).map((path) => ({ whole, path }));
});
/** A real request with one value replaced by another kind of thing. */
const bentExample = fc
  .tuple(fc.constantFrom(...places), value)
  .map(([{ whole, path }, by]) => replaced(whole, path, by));

function expectProper({ status, headers, body }: Answer): void {
  expect([200, 204, 400, 404]).toContain(status);
  expect(headers['x-evil']).toBe(undefined);
  for (const header of [headers['protium-reason'], headers['protium-notice']]) {
    if (header !== undefined) expect(header).toMatch(/^[\x20-\x7e]{0,2010}$/);
  }
  if (status === 204) {
    expect(body).toBe('');
    expect(headers['protium-reason']).not.toBe(undefined);
  } else expect(() => JSON.parse(body) as unknown).not.toThrow();
  if (status === 400) {
    const { errors } = JSON.parse(body) as { errors: { path: string; message: string }[] };
    expect(errors.length).toBeGreaterThan(0);
    for (const error of errors) expect(typeof error.path + typeof error.message).toBe('stringstring');
  }
}

it.each(routes)('%s %s answers any body properly', { timeout: 60_000 }, async (method, path) => {
  await fc.assert(
    fc.asyncProperty(
      fc.oneof(
        value.map((body) => JSON.stringify(body) as string | undefined),
        fc.dictionary(name, value).map((body) => JSON.stringify({ ...ids, ...body })),
        bentExample.map((body) => JSON.stringify(body) as string | undefined),
        bentExample.map((req) => JSON.stringify({ ...ids, req })),
        bentExample.map((req) => JSON.stringify({ ...ids, req: JSON.stringify(req) })),
        fc.string({ unit: 'binary' }),
        fc.uint8Array({ maxLength: 64 }).map((bytes) => Buffer.from(bytes)),
      ),
      async (body) => expectProper(await server.call(method, path, body)),
    ),
    { numRuns: 150 },
  );
});

it('running answers any query properly', async () => {
  await fc.assert(
    fc.asyncProperty(fc.string({ unit: 'binary' }), fc.string({ unit: 'binary' }), async (key, text) => {
      const query = new URLSearchParams([
        ['client_uid', text],
        [key, text],
      ]);
      expectProper(await server.call('GET', `/running?${query.toString()}`));
    }),
    { numRuns: 50 },
  );
});
