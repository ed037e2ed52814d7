import type { IncomingMessage } from 'node:http';
import type { NextFunction, Request, Response } from 'express';
import { ProtiumError } from '../../errors/protium-error.ts';
import { pageFiles } from '../http/console/page-files.ts';
import { isGpueaterUrl } from '../http/gpueater/envelope.ts';
import { requireUse, type Admission, type Door, type Knock } from './door.ts';

/**
 * Lets a request pass to its route when it is known who sends it: `response.locals.caller`. GPUEater's routes have ways of
 * their own to say so, and send whom they do not know to log in: here only tokens are read for them.
 */
export function httpDoor(door: Door) {
  // What anybody may ask for: nothing of it tells more than that Protium is here.
  const open: ReadonlySet<string> = new Set([
    ...['/health', '/login', '/docs', '/v1/openapi.json'],
    ...pageFiles().keys(),
  ]);
  return (request: Request, response: Response, next: NextFunction): Promise<void> | undefined => {
    const { path, method } = request;
    if (open.has(path)) {
      next();
      return undefined;
    }
    const knock = knockOf(request);
    if (isGpueaterUrl(path) && !/^Bearer /i.test(knock.authorization[0] ?? '')) {
      next();
      return undefined;
    }
    if (path === '/metrics') return admitToMetrics(door, knock).then(next);
    const enter = (admission: Admission): void => {
      requireUse(admission, method === 'GET' || method === 'HEAD');
      response.locals['caller'] = admission.caller;
      next();
    };
    const admission = door.admit(knock);
    if (admission instanceof Promise) return admission.then(enter);
    enter(admission);
    return undefined;
  };
}

/** Shown to administrators, to tokens that are for them, and to every program of this machine, whoever runs it. */
async function admitToMetrics(door: Door, knock: Knock): Promise<void> {
  if (knock.authorization.length === 0 && (await door.localProgram(knock)) !== null) return;
  const { caller, use } = await door.admit(knock);
  if (use === 'metrics' || caller.administrator) return;
  throw new ProtiumError(
    'access-denied',
    'Metrics are for administrators, and for tokens made for them: protium token create --metrics.',
  );
}

/** An ordinary request, an upload or one for a WebSocket. */
export function knockOf(request: IncomingMessage): Knock {
  const { headers, rawHeaders, socket } = request;
  const authorization: string[] = [];
  // Of a header that is there twice, `headers` has the first only.
  for (let index = 0; index < rawHeaders.length; index += 2) {
    if (rawHeaders[index]?.toLowerCase() === 'authorization') authorization.push(rawHeaders[index + 1] ?? '');
  }
  return { authorization, headers, host: headers.host ?? '', socket };
}
