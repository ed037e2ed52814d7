import http from 'node:http';
import type { AddressInfo } from 'node:net';
import express, { type NextFunction, type Request, type Response } from 'express';
import { expect, it, onTestFinished } from 'vitest';
import { noAudit } from '../../audit/no-audit.ts';
import { addComputationRoutes } from '../../../../internal/api/http/computations.ts';
import { addFallback } from '../../../../internal/api/http/fallback.ts';
import { asProtiumError, sendProblem } from '../../../../internal/api/http/problem.ts';
import { createComputations, type Computations } from '../../../../internal/computations/computations.ts';
import { openDatabaseFile } from '../../../../internal/store/sqlite-database.ts';
import { administrator } from '../v1/context.ts';
import { blob, clientOf, freePort, patient, quick, silent, structured } from '../../computations/fixtures.ts';

const missing = '/run/11111111-2222-4333-8444-555555555555';

/** The routes over real computations in memory; `agentAddress`: where they are delivered to. */
async function serve(agentAddress?: string) {
  const database = openDatabaseFile(':memory:');
  const agent = agentAddress === undefined ? null : clientOf(agentAddress);
  const computations: Computations = createComputations({ database, agent, log: silent, backoff: quick });
  const app = express();
  const routes = express.Router({ caseSensitive: true, strict: true });
  app.use((_request: Request, response: Response, next: NextFunction) => {
    response.locals['caller'] = administrator;
    next();
  });
  addComputationRoutes(routes, computations, noAudit);
  app.use(routes);
  addFallback(app, routes);
  app.use((thrown: unknown, _request: Request, response: Response, _next: NextFunction) =>
    sendProblem(response, asProtiumError(thrown)),
  );
  const server = http.createServer(app);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(async () => {
    await computations.stop();
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
    database.close();
  });
  const base = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const call = (method: string, route: string) => fetch(base + route, { method });
  const json = async (route: string) => (await (await call('GET', route)).json()) as Record<string, unknown>;
  return { computations, call, json };
}

it('GET lists the newest first, page by page, without payloads', async () => {
  const { computations, json } = await serve();
  const first = await computations.run(structured({ name: 'first' }), patient);
  const second = await computations.run(blob, patient);
  const page = await json('/run?limit=1');
  expect(page['computations']).toMatchObject([{ id: second.id, form: 'blob', state: 'stored' }]);
  expect(page['computations']).not.toMatchObject([{ payload: expect.anything() as unknown }]);
  const rest = await json(`/run?limit=1&after=${String(page['next'])}`);
  expect(rest).toMatchObject({
    computations: [{ id: first.id, manifest: { name: 'first' } }],
    next: null,
  });
});

it('GET of one tells its times as ISO text', async () => {
  const { computations, json } = await serve();
  const { id } = await computations.run(structured({ ttlSeconds: 60 }), patient);
  const time = expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/) as string;
  expect(await json(`/run/${id}`)).toMatchObject({ id, createdAt: time, expiresAt: time, deliverBy: null });
});

it('DELETE forgets a computation: 204, and then there is none', async () => {
  const { computations, call } = await serve();
  const { id } = await computations.run(blob, patient);
  const kept = await computations.run(blob, patient);
  const answer = await call('DELETE', `/run/${id}`);
  expect({ status: answer.status, body: await answer.text() }).toEqual({ status: 204, body: '' });
  expect((await call('GET', `/run/${id}`)).status).toBe(404);
  const again = await call('DELETE', `/run/${id}`);
  expect(again.status).toBe(404);
  expect(await again.json()).toMatchObject({ code: 'not-found', status: 404 });
  expect(computations.list().computations.map((each) => each.id)).toEqual([kept.id]);
});

it('DELETE gives up the delivery in progress', async () => {
  const { computations, call } = await serve(`127.0.0.1:${await freePort()}`);
  const given = expect(computations.run(blob, patient)).rejects.toMatchObject({ code: 'cancelled' });
  const [computation] = computations.list().computations;
  expect(computation?.state).toBe('delivering');
  expect((await call('DELETE', `/run/${computation?.id ?? ''}`)).status).toBe(204);
  await given;
});

it.each(['GET', 'DELETE'])('%s of what there is not: 404', async (method) => {
  const { call } = await serve();
  expect((await call(method, missing)).status).toBe(404);
});

it('names DELETE among the methods of the path', async () => {
  const { call } = await serve();
  const answer = await call('PUT', missing);
  expect(answer.status).toBe(405);
  expect(answer.headers.get('allow')).toBe('GET, DELETE, HEAD');
});
