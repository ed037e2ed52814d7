import express, { type NextFunction, type Request, type Response, type Router } from 'express';
import type { Audit } from '../../../audit/audit.ts';
import { authorize } from '../../../authorization/authorize.ts';
import type { Objects } from '../../../authorization/objects.ts';
import { gpueaterRow } from '../../../authorization/policy/gpueater.ts';
import { fromLibvirt } from '../../../errors/from-libvirt.ts';
import { ProtiumError } from '../../../errors/protium-error.ts';
import { LibvirtConnectionError, LibvirtError, LibvirtTimeoutError } from '../../../libvirt/error.ts';
import type { Caller } from '../../../identity/caller.ts';
import type { Limits } from '../../../rate-limits/limits.ts';
import { limitedFunction } from '../../../rate-limits/method-calls.ts';
import { goneSignal } from '../client-gone.ts';
import { refusedAction } from '../request-action.ts';
import { headerText } from '../header-text.ts';
import { authenticate, callerOf, knownCaller, type AuthenticationParts } from './authenticate.ts';
import { sendData } from './envelope.ts';
import { formOf } from './form.ts';
import type { GpueaterFunction } from './function.ts';
import { isRecorded, gpueaterAction } from './gpueater-action.ts';
import { login, sendLoginPage, sendToLogin } from './login.ts';
import { readFields } from './read-fields.ts';

export interface GpueaterRoutesOptions extends AuthenticationParts {
  readonly audit: Pick<Audit, 'recorded' | 'read' | 'refused'>;
  readonly limits: Limits;
  readonly functions: readonly GpueaterFunction[];
}

/** The one thing that a function is asked of: the project of its user. */
const ownProject: Objects = {
  find: (_kind, [owner]) => [
    { standing: { of: 'project', project: String(owner) }, what: `project "${String(owner)}"` },
  ],
};

const consolePath = '/console/servers';

/** GPUEater's console API. Nothing of a request is read, much less done, before it is known who sends it. */
export function addGpueaterRoutes(routes: Router, options: GpueaterRoutesOptions): void {
  requireUnique(options.functions);
  // With a slash at the end of GPUEATER_URL, Node and Python ask for `//console/servers/...`.
  routes.use((request: Request, _response: Response, next: NextFunction) => {
    request.url = request.url.replace(/^\/{2,}(?=(?:console\/servers|api_login|login)(?:[/?]|$))/, '/');
    next();
  });
  const router = express.Router({ caseSensitive: true, strict: true });
  for (const { name, method, path, handle } of options.functions) {
    const at = consolePath + path;
    router[method === 'GET' ? 'get' : 'post'](at, async (request: Request, response: Response) => {
      const signal = goneSignal(response);
      const admitted = response.locals['caller'] as Caller | undefined;
      const known = admitted === undefined ? await authenticate(request, options) : knownCaller(admitted);
      if (known === null) {
        const nobody = new ProtiumError('unauthenticated', 'Nobody said who sends this.');
        await options.audit.refused(refusedAction(request, response), nobody);
        sendToLogin(response);
        return;
      }
      const { user } = known;
      const caller = admitted ?? callerOf(known, request);
      response.locals['caller'] = caller;
      authorize(name, gpueaterRow(name), { user: user.owner }, caller, ownProject);
      const form = formOf(await readFields(request));
      const userAgent = request.headers['user-agent'] ?? '';
      const setHeader = (name: string, value: string): void => {
        response.setHeader(name, headerText(value));
      };
      try {
        const action = gpueaterAction(response, name, user, form);
        const limited = limitedFunction(name);
        if (limited !== undefined) await options.limits.count(limited, caller);
        const work = () => handle({ user, form, userAgent, signal, setHeader });
        if (isRecorded({ name, method })) {
          sendData(response, await options.audit.recorded(action, work));
        } else {
          await options.audit.read(action);
          sendData(response, await work());
        }
      } catch (error) {
        // Not every room puts what libvirt says into words of ours.
        throw isOfLibvirt(error) ? fromLibvirt(error, `do ${name}`) : error;
      }
    });
  }
  router.post('/api_login', (request: Request, response: Response) => login(request, response, options));
  router.get('/login', (_request: Request, response: Response) => sendLoginPage(response));
  const methods = new Map(options.functions.map(({ method, path }) => [consolePath + path, method]));
  methods.set('/api_login', 'POST');
  router.use(['/api_login', consolePath], (request: Request) => {
    const path = request.baseUrl + (request.path === '/' ? '' : request.path);
    const allowed = methods.get(path);
    if (allowed === undefined) {
      throw new ProtiumError(
        'not-found',
        `There is no ${request.method} ${path}; GET ${consolePath}/api_list lists what there is.`,
      );
    }
    throw new ProtiumError('method-not-allowed', `${path} takes ${allowed}.`);
  });
  routes.use(router);
}

/** Two functions of one route: the second would never be called. */
function requireUnique(functions: readonly GpueaterFunction[]): void {
  const seen = new Set<string>();
  for (const { method, path } of functions) {
    const route = `${method} ${path}`;
    if (seen.has(route)) throw new Error(`two functions have the route ${route}`);
    seen.add(route);
  }
}

function isOfLibvirt(error: unknown): boolean {
  return [LibvirtError, LibvirtConnectionError, LibvirtTimeoutError].some((kind) => error instanceof kind);
}
