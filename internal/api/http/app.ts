import express, { type Express, type NextFunction, type Request, type Response, type Router } from 'express';
import type { Audit } from '../../audit/audit.ts';
import { isRefusal } from '../../audit/refusal-codes.ts';
import { catalogue } from '../../errors/catalogue.ts';
import { InvalidFields } from '../../errors/invalid-fields.ts';
import { ProtiumError } from '../../errors/protium-error.ts';
import type { Finding } from '../../doctor/finding.ts';
import type { OwnedImages } from '../../ownership/owned-images.ts';
import { guardAtomosRoutes, guardRoutes } from './authorized-routes.ts';
import { bodyDeadline } from './body-deadline.ts';
import { addCocosRoutes, type CocosHttpOptions } from './cocos.ts';
import { addAtomosRoutes, type AtomosOptions } from './atomos/routes.ts';
import { addComputationRoutes, type ComputationAccess } from './computations.ts';
import { addConsolePage } from './console/page-routes.ts';
import { addDoctorRoute } from './doctor.ts';
import { addFallback } from './fallback.ts';
import { sendFieldErrors } from './field-errors.ts';
import { isGpueaterUrl, sendFailure } from './gpueater/envelope.ts';
import { addGpueaterRoutes, type GpueaterRoutesOptions } from './gpueater/routes.ts';
import { addHealthRoute, type HealthReport } from './health.ts';
import { addImageUploadRoute } from './images.ts';
import { addInventoryRoutes, type Inventory } from './inventory.ts';
import { asProtiumError, sendProblem } from './problem.ts';
import { requestAction } from './request-action.ts';
import { requestScope, type RequestScopeOptions } from './request-scope.ts';
import type { Door } from '../door/door.ts';
import type { FailedLogins } from '../door/failed-logins.ts';
import { httpDoor, knockOf } from '../door/http-door.ts';
import type { V1Service } from '../v1/service.ts';
import { refuseOtherSites } from './same-origin.ts';
import type { HttpBindings } from './v1/bindings.ts';
import { addVolumeContentRoutes, type VolumeContents } from './volume-content.ts';
import { addReferenceRoutes } from './v1/reference.ts';
import { addSchemaRoute } from './schemas.ts';
import { addV1Routes } from './v1/routes.ts';

export interface HttpAppOptions extends AtomosAppOptions {
  readonly cocos: CocosHttpOptions;
  readonly computations: ComputationAccess;
  readonly examineHost: () => Promise<readonly Finding[]>;
  readonly images: Pick<OwnedImages, 'upload'>;
  readonly inventory: Inventory;
  readonly volumeContents: VolumeContents;
  readonly v1: { readonly services: readonly V1Service[]; readonly bindings: HttpBindings };
  readonly gpueater: Omit<GpueaterRoutesOptions, 'audit'>;
  readonly health: () => Promise<HealthReport> | HealthReport;
}

export interface AtomosAppOptions extends RequestScopeOptions {
  /** Besides the machine's own, under which it is reached over loopback; in lower case. */
  readonly names?: readonly string[];
  readonly door: Door;
  readonly failedLogins: FailedLogins;
  readonly atomos: Omit<AtomosOptions, 'log' | 'audit'>;
  readonly audit: Pick<Audit, 'recorded' | 'refused' | 'read' | 'knows'>;
}

/** The HTTP application: every dialect on one port. */
export function createHttpApp(options: HttpAppOptions): Express {
  const { audit } = options;
  return createApp(options, (routes) => {
    guardRoutes(routes, options.atomos.objects);
    guardAtomosRoutes(routes);
    addGpueaterRoutes(routes, { ...options.gpueater, audit });
    addCocosRoutes(routes, options.cocos);
    addComputationRoutes(routes, options.computations, audit);
    addAtomosRoutes(routes, { ...options.atomos, log: options.log, audit });
    addSchemaRoute(routes);
    addDoctorRoute(routes, options.examineHost);
    addHealthRoute(routes, options.health);
    routes.all('/metrics', async (_request, response) => {
      const text = await options.metrics.registry.metrics();
      response.set('Content-Type', options.metrics.registry.contentType).end(text);
    });
    addImageUploadRoute(routes, options.images, audit);
    addInventoryRoutes(routes, options.inventory);
    addVolumeContentRoutes(routes, options.volumeContents, audit);
    addReferenceRoutes(routes);
    addConsolePage(routes);
    addV1Routes(routes, options.v1.services, options.v1.bindings);
  });
}

/** AtomOS's API alone, for the port where its clients expect it. */
export function createAtomosApp(options: AtomosAppOptions): Express {
  return createApp(options, (routes) => {
    guardAtomosRoutes(routes);
    addAtomosRoutes(routes, { ...options.atomos, log: options.log, audit: options.audit });
  });
}

/** What all applications have in common, around their routes. */
function createApp(
  scope: RequestScopeOptions & Pick<AtomosAppOptions, 'names' | 'audit' | 'door' | 'failedLogins'>,
  addRoutes: (routes: Router) => void,
): Express {
  const app = express();
  app.disable('x-powered-by').disable('etag').enable('case sensitive routing').enable('strict routing');
  app.use(requestScope(scope));
  app.use(refuseOtherSites(scope.names));
  app.use(bodyDeadline);
  app.use(httpDoor(scope.door));

  const routes = express.Router({ caseSensitive: true, strict: true });
  addRoutes(routes);
  app.use(routes);
  addFallback(app, routes);

  app.use(async (failed: unknown, request: Request, response: Response, next: NextFunction) => {
    const thrown =
      failed instanceof ProtiumError ? await scope.failedLogins.answerTo(failed, knockOf(request)) : failed;
    response.locals['error'] = thrown;
    if (isRefusal(thrown) && !scope.audit.knows(thrown)) {
      const method = `${request.method} ${request.path}`;
      await scope.audit.refused(requestAction(response, method, { kind: '', id: '' }), thrown);
    }
    if (response.headersSent) {
      next(thrown);
      return;
    }
    if (thrown instanceof ProtiumError) setLoginHeaders(response, thrown);
    if (isGpueaterUrl(request.originalUrl)) sendFailure(response, badPath(thrown) ?? thrown);
    else if (thrown instanceof InvalidFields) sendFieldErrors(response, thrown.fields);
    else sendProblem(response, badPath(thrown) ?? asProtiumError(thrown));
  });
  return app;
}

/** How to log in (RFC 9110), or when to try it again. No browser asks its user because of it. */
function setLoginHeaders(response: Response, { code, details }: ProtiumError): void {
  if (catalogue[code].http === 401) response.set('WWW-Authenticate', 'Bearer realm="protium"');
  const { retryAfterSeconds } = details;
  if (typeof retryAfterSeconds === 'number') response.set('Retry-After', String(retryAfterSeconds));
}

/** Express throws this when a part of the path is not percent-encoded UTF-8 (`/v1/operations/%ff`). */
function badPath(thrown: unknown): ProtiumError | null {
  if (!(thrown instanceof URIError)) return null;
  return new ProtiumError('request-malformed', 'The path is not percent-encoded UTF-8.', { cause: thrown });
}
