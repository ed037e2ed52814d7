import type { Request, Response, Router } from 'express';
import { catalogue, type ErrorCode } from '../../errors/catalogue.ts';
import { ProtiumError } from '../../errors/protium-error.ts';
import type { RunInput } from '../../computations/model.ts';
import type { CocosUseCases } from '../cocos-use-cases.ts';
import type { RequestContext } from '../request-context.ts';
import { requestContext } from './client-gone.ts';
import { readBody } from './body.ts';
import { fieldsOf, firstJsonValue } from './first-json-value.ts';
import { headerTexts } from './header-text.ts';
import { sendJson } from './json.ts';
import { asProtiumError, sendProblem } from './problem.ts';

export interface CocosHttpOptions {
  readonly useCases: CocosUseCases;
  /** MANAGER_COCOS_EMPTY_ERRORS: errors have the status only, as the original's had. */
  readonly emptyErrors: boolean;
}

/** The Cocos manager's dialect: `POST /domain` and `POST /run`, for the clients that the original served. */
export function addCocosRoutes(router: Router, options: CocosHttpOptions): void {
  const endpoint =
    (handle: (body: unknown, context: RequestContext, response: Response) => Promise<unknown>) =>
    async (request: Request, response: Response): Promise<void> => {
      try {
        requireJson(request);
        const body = firstJsonValue(await readBody(request));
        sendJson(response, 200, await handle(body, requestContext(response), response));
      } catch (thrown) {
        const error = asProtiumError(thrown);
        response.locals['error'] = thrown;
        const status = cocosStatus(error.code);
        if (!options.emptyErrors) sendProblem(response, error, status);
        else {
          if (error.code === 'body-too-large') response.set('Connection', 'close');
          response.writeHead(status, { 'Content-Type': 'application/json', 'Content-Length': 0 }).end();
        }
      }
    };

  router.post(
    '/domain',
    endpoint(async (body, context, response) => {
      const created = await options.useCases.createDomain(domainRequest(body), context);
      // The body stays the original's to the byte; what was changed on the way is told beside it.
      if (created.notices.length > 0) response.set('Protium-Notice', headerTexts(created.notices));
      return { name: created.name };
    }),
  );
  router.post(
    '/run',
    endpoint(async (body, context) => ({ id: (await options.useCases.run(runRequest(body), context)).id })),
  );
}

/** The original tested for this substring, in this letter case: `application/json; charset=utf-8` passes. */
function requireJson(request: Request): void {
  const type = request.headers['content-type'] ?? '';
  if (!type.includes('application/json')) {
    throw new ProtiumError(
      'media-type-unsupported',
      'Send the body with the header Content-Type: application/json.',
      {
        details: { contentType: type },
      },
    );
  }
}

function domainRequest(body: unknown): { pool: string; volume: string; domain: string } {
  const fields = fieldsOf(body, ['pool', 'volume', 'domain']);
  return {
    pool: text(fields.pool, 'pool'),
    volume: text(fields.volume, 'volume'),
    domain: text(fields.domain, 'domain'),
  };
}

function runRequest(body: unknown): RunInput {
  const fields = fieldsOf(body, [
    'computation',
    'name',
    'description',
    'owner',
    'datasets',
    'algorithms',
    'dataset_providers',
    'algorithm_providers',
    'result_consumers',
    'ttl',
  ]);
  // The two generations of clients are told apart by the presence of this key.
  if ('computation' in fields) return { form: 'blob', computation: bytes(fields.computation) };
  return {
    form: 'structured',
    manifest: {
      name: text(fields.name, 'name'),
      description: text(fields.description, 'description'),
      owner: text(fields.owner, 'owner'),
      datasets: texts(fields.datasets, 'datasets'),
      algorithms: texts(fields.algorithms, 'algorithms'),
      datasetProviders: texts(fields.dataset_providers, 'dataset_providers'),
      algorithmProviders: texts(fields.algorithm_providers, 'algorithm_providers'),
      resultConsumers: texts(fields.result_consumers, 'result_consumers'),
      ttlSeconds: int32(fields.ttl, 'ttl'),
    },
    ttlRequired: false,
  };
}

function wrongType(name: string, allowed: string): ProtiumError {
  return new ProtiumError('request-malformed', `The field "${name}" must be ${allowed}.`, {
    details: { field: name },
  });
}

function text(value: unknown, name: string): string {
  if (value === undefined) return '';
  if (typeof value !== 'string') throw wrongType(name, 'a string');
  return value;
}

function texts(value: unknown, name: string): readonly string[] {
  if (value === undefined) return [];
  if (!Array.isArray(value)) throw wrongType(name, 'an array of strings');
  return value.map((item: unknown) => text(item ?? undefined, name));
}

function int32(value: unknown, name: string): number {
  if (value === undefined) return 0;
  if (typeof value !== 'number' || !Number.isInteger(value) || value !== (value | 0)) {
    throw wrongType(name, 'a whole number of 32 bits');
  }
  return value;
}

/** Base64 text (standard alphabet, padded) or an array of numbers 0 to 255. */
function bytes(value: unknown): Uint8Array {
  if (typeof value === 'string') {
    const base64 = value.replace(/[\r\n]/g, '');
    if (!/^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/.test(base64)) {
      throw wrongType('computation', 'padded base64 text');
    }
    return Buffer.from(base64, 'base64');
  }
  if (Array.isArray(value) && value.every((item) => Number.isInteger(item) && item >= 0 && item <= 255)) {
    return Uint8Array.from(value as number[]);
  }
  throw wrongType('computation', 'padded base64 text, or an array of numbers from 0 to 255');
}

/**
 * The original's status for what the original knew: 404 for a file it could not read, 400 for everything that
 * libvirt refused, 500 for every trouble with the agent. What it did not know has the catalogue's status.
 */
function cocosStatus(code: ErrorCode): number {
  switch (code) {
    case 'document-malformed':
    case 'document-refused':
    case 'already-exists':
    case 'state-conflict':
    case 'resource-in-use':
    case 'permission-denied':
    case 'storage-full':
    case 'host-incapable':
    case 'not-found':
    case 'unsupported':
    case 'libvirt-failed':
      return 400;
    case 'agent-unavailable':
    case 'agent-failed':
      return 500;
    default:
      return catalogue[code].http;
  }
}
