import { sees } from '../../../authorization/decide.ts';
import type { Objects } from '../../../authorization/objects.ts';
import type { Caller } from '../../../identity/caller.ts';
import { callerOf } from '../client-gone.ts';
import type { NextFunction, Request, Response, Router } from 'express';
import type { Audit } from '../../../audit/audit.ts';
import type { HostSituation, Instances } from '../../../instances/instance.ts';
import type { Logger } from '../../../observability/log.ts';
import { jsonBytes, sendJson, sendJsonBytes } from '../json.ts';
import { canAllocate, register, unregister } from './allocation.ts';
import { hostStatus } from './host-status.ts';
import { running, runningOne } from './running.ts';
import { statusJson } from './status-json.ts';

export interface AtomosOptions {
  readonly audit: Pick<Audit, 'recorded'>;
  readonly instances: Instances;
  readonly objects: Objects;
  readonly version: string;
  readonly log: Logger;
}

/** Where AtomOS's clients look: the first documents have its routes at the root. */
const prefixes = ['', '/api/v1.0'];

/** Paths that machines ask for every few seconds. */
export const atomosQuietPaths: readonly string[] = prefixes.flatMap((prefix) => [
  `${prefix}/status`,
  `${prefix}/statusjson`,
  `${prefix}/version`,
]);

/** AtomOS's API: its routes at the root and under `/api/v1.0`. */
export function addAtomosRoutes(router: Router, options: AtomosOptions): void {
  const { instances, objects, version } = options;
  const status = statusBytes(instances);
  const routes: readonly (readonly [Method, string, Answer])[] = [
    ['get', '/statusjson', (_request, response) => sendJsonBytes(response, 200, status())],
    ['get', '/status', (_request, response) => sendText(response, statusText(instances))],
    ['get', '/version', (_request, response) => sendJson(response, 200, versionOf(instances, version))],
    [
      'get',
      '/host/status',
      (_request, response) => sendJson(response, 200, hostStatusOf(instances, callerOf(response))),
    ],
    ['get', '/canallocate', canAllocate(options)],
    ['post', '/canallocate', canAllocate(options)],
    ['post', '/register', register(options)],
    ['delete', '/unregister', unregister(options)],
    ['get', '/running', running(instances, objects)],
  ];
  const greeting: Answer = (_request, response) => sendText(response, 'This is Protium, an AtomOS host.\n');
  for (const prefix of prefixes) {
    for (const [method, path, answer] of routes) router[method](prefix + path, varies, answer);
    router.get(`${prefix}/running/:vm_uuid`, varies, runningOne(instances, objects));
    router.get(prefix === '' ? '/' : prefix, varies, greeting);
  }
}

type Method = 'get' | 'post' | 'delete';
type Answer = (request: Request, response: Response) => unknown;

/** AtomOS says so of every answer. */
function varies(_request: Request, response: Response, next: NextFunction): void {
  response.setHeader('Vary', 'Accept');
  next();
}

/** The answer is put into JSON once for each state of the host: it is asked for often, and by many. */
function statusBytes(instances: Instances): () => Buffer {
  let last: { readonly revision: string; readonly bytes: Buffer } | null = null;
  return () => {
    const situation = instances.situation();
    if (last?.revision !== situation.revision) {
      last = { revision: situation.revision, bytes: jsonBytes(statusJson(situation)) };
    }
    return last.bytes;
  };
}

/** 503 by the error that it throws while libvirt has not been read. */
function statusText(instances: Instances): string {
  instances.situation();
  return 'OK\n';
}

function hostStatusOf(instances: Instances, caller: Caller): object {
  const { claims, ...situation } = instances.situation();
  const shown = instances.list().filter(({ owner }) => sees(caller, owner));
  const uuids = new Set(shown.map(({ uuid }) => uuid));
  // Whose part of the host it is, is told only to those who may know; how much is taken, to all.
  const named = claims.map((claim) =>
    caller.administrator || uuids.has(claim.holder) ? claim : { ...claim, holder: '' },
  );
  return hostStatus({ ...situation, claims: named }, shown);
}

/** The version of the backend is left out while it cannot be told: what Protium itself is can be told always. */
function versionOf(instances: Instances, version: string): object {
  let situation: HostSituation;
  try {
    situation = instances.situation();
  } catch {
    return { version, backend: 'libvirt' };
  }
  const number = situation.facts.hypervisor.libvirtVersion;
  const dotted = [Math.floor(number / 1_000_000), Math.floor(number / 1000) % 1000, number % 1000].join('.');
  return { version, backend: 'libvirt', backend_version: dotted };
}

function sendText(response: Response, text: string): void {
  response.writeHead(200, { 'Content-Type': 'text/plain; charset=utf-8', 'Content-Length': text.length });
  response.end(text);
}
