import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { authorizedServices, methodName } from '../../../internal/api/v1/authorized-services.ts';
import type { V1Service } from '../../../internal/api/v1/service.ts';
import { gpueaterPolicy } from '../../../internal/authorization/policy/gpueater.ts';
import type { Express } from 'express';
import { pageFiles } from '../../../internal/api/http/console/page-files.ts';
import { appOfAll, fakeInstances } from '../api/http/atomos/support.ts';
import { atomosPolicy, httpPolicy } from '../../../internal/authorization/policy/http.ts';
import { v1Policy } from '../../../internal/authorization/policy/v1.ts';
import { ProtiumError } from '../../../internal/errors/protium-error.ts';
import { allOfRed, cell, fullRequest, policyTables } from '../../tools/authorization-page.ts';
import { table as gpueaterTable } from '../api/http/gpueater/table.ts';
import { sleepingV1 } from '../api/http/sleeping-v1.ts';
import { contextOf } from '../api/v1/context.ts';
import { everyone } from './callers.ts';

const { services, bindings } = sleepingV1();
const methods = services.flatMap(({ name, methods }) =>
  Object.keys(methods).map((method) => methodName(name, method)),
);

interface Layer {
  readonly route?: { readonly path: string; readonly stack: readonly { readonly method?: string }[] };
  readonly handle: { readonly stack?: readonly Layer[] };
}

/** `VERB /path` of what the application itself routes: GPUEater's has a router of its own, and a table that is compared. */
function routesOf(app: Express): readonly string[] {
  const { stack } = app.router as unknown as { readonly stack: readonly Layer[] };
  return stack
    .flatMap(({ handle }) => handle.stack ?? [])
    .flatMap(({ route }) =>
      (route?.stack ?? []).flatMap(({ method }) =>
        method === undefined ? [] : [`${method.toUpperCase()} ${route?.path ?? ''}`],
      ),
    );
}

describe('every method and route has its row', () => {
  it('of protium.v1', () => {
    expect(Object.keys(v1Policy).toSorted()).toEqual(methods.toSorted());
  });
  it('of GPUEater', () => {
    expect(Object.keys(gpueaterPolicy).toSorted()).toEqual(gpueaterTable.map(({ name }) => name).toSorted());
  });
  it('of everything else that is served over HTTP', () => {
    const own = new Set([...Object.keys(httpPolicy), ...Object.keys(atomosPolicy)]);
    const contracts = new Set(
      bindings.bindings.map(
        ({ verb, path }) => `${verb.toUpperCase()} ${path.replaceAll(/\{(\w+)\}/g, ':$1')}`,
      ),
    );
    const pages = new Set([...pageFiles().keys()].map((path) => `GET ${path}`));
    const served = routesOf(appOfAll(fakeInstances()));
    expect(served).toContain('POST /domain');
    expect(served.filter((route) => !own.has(route) && !contracts.has(route) && !pages.has(route))).toEqual(
      [],
    );
  });
  it('only GET methods of the contract are `read` where they are for whoever may look', () => {
    const readsByGet = bindings.bindings.flatMap(({ verb, service, method }) =>
      verb === 'get' && v1Policy[methodName(service, method.localName)]?.effect !== 'read'
        ? [method.localName]
        : [],
    );
    // A guest's files are read as its administrator.
    expect(readsByGet).toEqual(['readGuestFile']);
  });
});

type Called = (request: unknown, context: ReturnType<typeof contextOf>) => unknown;

/** The same services, whose methods do nothing but answer. */
const answering: readonly V1Service[] = services.map((service) => ({
  ...service,
  methods: Object.fromEntries(
    Object.keys(service.methods).map((method) => [
      method,
      service.definition[method]?.responseStream === true
        ? async function* (requests: AsyncIterable<unknown>) {
            if (service.definition[method]?.requestStream === true) for await (const _ of requests) break;
            yield 'answer';
          }
        : service.definition[method]?.requestStream === true
          ? async (requests: AsyncIterable<unknown>) => {
              for await (const _ of requests) break;
              return 'answer';
            }
          : () => 'answer',
    ]),
  ),
}));

async function* only(request: unknown): AsyncGenerator {
  yield await Promise.resolve(request);
}

async function asked(service: V1Service, method: string, caller: keyof typeof everyone): Promise<string> {
  const row = v1Policy[methodName(service.name, method)];
  const contract = service.definition[method];
  if (row === undefined || contract === undefined) throw new Error(`${method} has no row.`);
  const request = fullRequest(row);
  try {
    const answer = (service.methods[method] as unknown as Called)(
      contract.requestStream ? only(request) : request,
      contextOf(everyone[caller]),
    );
    if (contract.responseStream) for await (const _ of answer as AsyncIterable<unknown>) break;
    else await answer;
    return 'yes';
  } catch (error) {
    if (!(error instanceof ProtiumError)) throw error;
    return error.code === 'access-denied' ? '403' : '404';
  }
}

describe.each(Object.keys(everyone) as (keyof typeof everyone)[])('%s', (caller) => {
  it.each(methods)('%s', async (named) => {
    const [ofService = '', method = ''] = named.split('.');
    const service = authorizedServices(answering, v1Policy, allOfRed).find(({ name }) =>
      name.endsWith(`.${ofService}`),
    );
    if (service === undefined) throw new Error(`There is no ${ofService}.`);
    const row = v1Policy[named];
    if (row === undefined) throw new Error(`${named} has no row.`);
    expect(await asked(service, method, caller)).toBe(cell(named, row, everyone[caller]));
  });
});

it('nobody without a role reads or changes anything of a project', () => {
  for (const [name, row] of Object.entries({
    ...v1Policy,
    ...httpPolicy,
    ...atomosPolicy,
    ...gpueaterPolicy,
  })) {
    if (row.access !== 'project' || row.references.every(({ kind }) => kind === 'own project')) continue;
    expect([name, cell(name, row, everyone['without a role'])]).toEqual([name, '404']);
    const other = cell(name, row, everyone['admin of another project']);
    expect([name, other]).toEqual([name, '404']);
  }
});

it('a viewer and whoever may only read change nothing', () => {
  for (const [name, row] of Object.entries({
    ...v1Policy,
    ...httpPolicy,
    ...atomosPolicy,
    ...gpueaterPolicy,
  })) {
    if (row.effect !== 'change') continue;
    // What is one's own is of no project, in which one could be a viewer.
    const viewer = row.access === 'known' ? [] : (['viewer'] as const);
    for (const caller of [
      ...viewer,
      'operator who may only read',
      'administrator who may only read',
    ] as const) {
      expect([name, caller, cell(name, row, everyone[caller])]).toEqual([name, caller, '403']);
    }
  }
});

it('a method without a row is for administrators', async () => {
  const [service] = authorizedServices(answering.slice(0, 1), {}, allOfRed);
  if (service === undefined) throw new Error('There is no service.');
  const [method = ''] = Object.keys(service.methods);
  const call = (caller: keyof typeof everyone) =>
    Promise.resolve().then(() =>
      (service.methods[method] as unknown as Called)({}, contextOf(everyone[caller])),
    );
  await expect(call('administrator')).resolves.toBe('answer');
  await expect(call('admin')).rejects.toMatchObject({ code: 'access-denied' });
});

const file = path.resolve(import.meta.dirname, '../../../docs/authorization.md');
const mark =
  '<!-- Made of internal/authorization/policy. Rewrite: UPDATE_DOCS=1 npx vitest run --project unit test/unit/authorization/policy -->';

it('docs/authorization.md has the policy, cell by cell', () => {
  const text = readFileSync(file, 'utf8');
  const start = text.indexOf(mark);
  expect(start).toBeGreaterThan(0);
  const page = `${text.slice(0, start)}${mark}\n\n${policyTables()}`;
  if (process.env['UPDATE_DOCS'] === '1') writeFileSync(file, page);
  expect(readFileSync(file, 'utf8')).toBe(page);
});
