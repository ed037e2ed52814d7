import type { Request, Response, Router } from 'express';
import type { Instance, Instances } from '../../../instances/instance.ts';
import type { Logger } from '../../../observability/log.ts';
import type { Refusal } from '../../../placement/plan.ts';
import { normaliseId } from '../../../spec/ids.ts';
import { readCanallocateBody, readOwner, readRegisterBody } from '../../../spec/register-body.ts';
import { atomosDate, requestJson } from '../../../spec/request-json.ts';
import type { FieldError, JsonValue } from '../../../spec/spec.ts';
import { headerText } from '../header-text.ts';
import { jsonBytes, sendJson, sendJsonBytes } from '../json.ts';
import { readJson } from './request-body.ts';
import { statusJson } from './status-json.ts';

export interface AtomosOptions {
  readonly instances: Instances;
  readonly version: string;
  readonly log: Logger;
}

/** AtomOS's API: its routes stand at the root, as its first documents have them, and under `/api/v1.0`. */
export function addAtomosRoutes(router: Router, options: AtomosOptions): void {
  const { instances, version } = options;
  const both = (path: string): string[] => [path, `/api/v1.0${path === '/' ? '' : path}`];
  const get = (path: string, answer: (request: Request, response: Response) => unknown) => {
    for (const place of both(path)) router.get(place, answer);
  };
  const status = statusBytes(instances);

  get('/', (_request, response) => response.type('text/plain').end('This is Protium, an AtomOS host.\n'));
  get('/version', (_request, response) => sendJson(response, 200, { version, backend: 'libvirt' }));
  get('/status', (_request, response) => {
    instances.situation();
    response.type('text/plain').end('OK\n');
  });
  get('/statusjson', (_request, response) => {
    response.setHeader('Vary', 'Accept');
    sendJsonBytes(response, 200, status());
  });
  for (const path of both('/canallocate'))
    router.get(path, canAllocate(options)).post(path, canAllocate(options));
  for (const path of both('/register')) router.post(path, register(options));
  for (const path of both('/unregister')) router.delete(path, unregister(options));
  get('/running', running(options));
}

/** The answer is put into JSON once for each state of the host. */
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

function canAllocate({ instances }: AtomosOptions) {
  return async (request: Request, response: Response): Promise<void> => {
    response.setHeader('Vary', 'Accept');
    const read = readCanallocateBody(await readJson(request));
    if (!read.ok) {
      sendErrors(response, read.errors);
      return;
    }
    const answer = await instances.check(read.spec);
    const body = answer.ok
      ? {
          canallocate: true,
          notices: [...answer.plan.warnings, ...read.notices],
          plan: answer.plan,
          devices: answer.devices,
        }
      : {
          canallocate: false,
          reasons: answer.refusal.reasons,
          notices: read.notices,
          devices: answer.devices,
        };
    sendJson(response, 200, body);
  };
}

function register({ instances, log }: AtomosOptions) {
  return async (request: Request, response: Response): Promise<void> => {
    response.setHeader('Vary', 'Accept');
    const read = readRegisterBody(await readJson(request));
    if (!read.ok) {
      sendErrors(response, read.errors);
      return;
    }
    const { owner, name, spec } = read;
    const outcome = await instances.register({ owner, name, spec });
    if (outcome.outcome === 'refused') {
      log.info({ owner, name, reasons: outcome.refusal.reasons }, 'a VM cannot be allocated');
      sendRefusal(response, reasonsText(outcome.refusal));
      return;
    }
    const notices = [...outcome.notices, ...read.notices];
    if (notices.length > 0)
      response.setHeader('Protium-Notice', shortHeader(notices.map(headerText).join('; ')));
    const { instance, xml } = outcome;
    sendJson(response, 200, { registered: true, ...shown(instance), xml, notices });
  };
}

function unregister({ instances, log }: AtomosOptions) {
  return async (request: Request, response: Response): Promise<void> => {
    response.setHeader('Vary', 'Accept');
    const body = asObject(await readJson(request));
    const owner = readOwner([{ prefix: '', value: body }]);
    const id = idIn(body);
    const errors = [...(typeof owner === 'string' ? [] : [owner]), ...(typeof id === 'string' ? [] : [id])];
    if (typeof owner !== 'string' || typeof id !== 'string') {
      sendErrors(response, errors);
      return;
    }
    const outcome = await instances.unregister({ owner, uuid: id, purge: body['purge'] === true });
    if (outcome.outcome === 'refused') {
      log.info({ owner, uuid: id, reason: outcome.reason }, 'a VM cannot be unregistered');
      // Another client's VM is not told from one that is not there.
      sendRefusal(response, 'there is no such VM of this client');
      return;
    }
    sendJson(response, 200, { unregistered: true, uniqueID: id, keptVolumes: outcome.keptVolumes });
  };
}

function running({ instances }: AtomosOptions) {
  return async (request: Request, response: Response): Promise<void> => {
    response.setHeader('Vary', 'Accept');
    const { client_uuid: byUuid, client_uid: byUid } = request.query;
    const asked = [byUuid, byUid].find((value) => typeof value === 'string');
    const body = asked === undefined ? asObject(await readJson(request)) : { client_uid: asked };
    const owner = readOwner([{ prefix: '', value: body }]);
    if (typeof owner !== 'string') {
      sendErrors(response, [owner]);
      return;
    }
    const items = instances.list(owner).map((instance) => ({ ...shown(instance), state: instance.state }));
    sendJson(response, 200, items);
  };
}

function shown({ uuid, name, spec, createdAt }: Instance): object {
  return {
    uniqueID: uuid,
    vm_uid: uuid,
    vm_name: name,
    req_json: requestJson(spec, { name, creationDate: atomosDate(createdAt) }),
  };
}

function asObject(body: unknown): Record<string, JsonValue> {
  return typeof body === 'object' && body !== null && !Array.isArray(body)
    ? (body as Record<string, JsonValue>)
    : {};
}

/** The VM that a body names, under any of the names that clients use. */
function idIn(body: Readonly<Record<string, JsonValue>>): string | FieldError {
  const allowed = '32 hexadecimal digits, or a dashed uuid';
  for (const key of ['vm_uid', 'vm_uuid', 'local_index', 'uniqueID']) {
    const value = Object.hasOwn(body, key) ? body[key] : undefined;
    if (value === undefined || value === null) continue;
    const id = typeof value === 'string' ? normaliseId(value) : null;
    return id ?? { path: key, message: 'This is no id of a VM.', allowed };
  }
  return { path: 'vm_uid', message: 'vm_uid is missing: it says which VM.', allowed };
}

function sendErrors(response: Response, errors: readonly FieldError[]): void {
  sendJson(response, 400, { error: 'The request is not valid.', errors });
}

/** AtomOS's "cannot be": no body; the reasons stand beside it. */
function sendRefusal(response: Response, reason: string): void {
  response.setHeader('Protium-Reason', shortHeader(headerText(reason)));
  response.writeHead(204).end();
}

function reasonsText({ reasons }: Refusal): string {
  return reasons.map(({ code, message }) => `${code}: ${message}`).join(' ');
}

/** Clients bound the size of all headers together. */
function shortHeader(text: string): string {
  return text.length > 2000 ? `${text.slice(0, 2000)}...` : text;
}
