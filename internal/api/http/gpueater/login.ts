import type { Request, Response } from 'express';
import type { Audit } from '../../../audit/audit.ts';
import { addressOf } from '../../door/address.ts';
import { ProtiumError } from '../../../errors/protium-error.ts';
import type { AccessKey } from '../../../identity/identity.ts';
import { cookieName, credentialsWrong, localProgram, type AuthenticationParts } from './authenticate.ts';
import { sendData } from './envelope.ts';
import { formOf } from './form.ts';
import { refusedAction } from '../request-action.ts';
import { readFields } from './read-fields.ts';

/** As long as a session lasts without being used. */
const cookieSeconds = 90 * 24 * 3600;
const loginUrl = '/login?state=session_timeout';

/**
 * `POST /api_login`: email is an access key, password its secret. Opens a session and sets its cookie, one and without a comma.
 * A login without User-Agent is Node's, which ends with its whole program when it gets a cookie: its session is bound to the
 * local user instead.
 */
export async function login(
  request: Request,
  response: Response,
  parts: AuthenticationParts & { readonly audit: Pick<Audit, 'recorded'> },
): Promise<void> {
  const form = formOf(await readFields(request));
  const key = parts.identity.authenticate(form.text('email'), form.text('password'));
  if (key === null) throw credentialsWrong();
  const { name, owner } = key.user;
  const action = {
    ...refusedAction(request, response),
    actor: {
      way: 'access-key',
      user: name,
      project: owner,
      credential: key.id,
      address: addressOf(request.socket),
    },
    method: 'gpueater/api_login',
    subject: { kind: 'session', id: '', project: owner },
  } as const;
  await parts.audit.recorded(action, () => openSession(request, response, parts, key));
  sendData(response, { user: name });
}

async function openSession(
  request: Request,
  response: Response,
  parts: AuthenticationParts,
  key: AccessKey,
): Promise<void> {
  if (request.headers['user-agent'] === undefined) {
    const uid = await localProgram(request, parts);
    if (uid === null) {
      throw new ProtiumError(
        'permission-denied',
        'A login without User-Agent is for programs on this machine, over loopback. ' +
          'Elsewhere use GPUEATER_URL with an access key: protium gpueater url --user NAME',
      );
    }
    parts.identity.openSession(key, uid);
  } else {
    const cookie = parts.identity.openSession(key, null);
    const secure = 'encrypted' in request.socket ? '; Secure' : '';
    response.setHeader(
      'Set-Cookie',
      `${cookieName}=${cookie}; Path=/; Max-Age=${cookieSeconds}; HttpOnly; SameSite=Strict${secure}`,
    );
  }
}

/** What makes the clients log in: Python and Node by where it leads, Ruby by a body that is not JSON. */
export function sendToLogin(response: Response): void {
  const body = `Found. Redirecting to ${loginUrl}\n`;
  response.writeHead(302, {
    Location: loginUrl,
    'Content-Type': 'text/plain; charset=utf-8',
    'Content-Length': Buffer.byteLength(body),
  });
  response.end(body);
}

/** Where that leads to. No form: a session of a browser could be used by web pages. */
export function sendLoginPage(response: Response): void {
  response.writeHead(200, {
    'Content-Type': 'text/html; charset=utf-8',
    'Content-Length': Buffer.byteLength(page),
  });
  response.end(page);
}

const page = `<!doctype html>
<html lang="en">
<head><meta charset="utf-8"><title>GPUEater:  Login</title></head>
<body>
<p>This is Protium, which speaks the console API of GPUEater. Programs log in by POST /api_login with an access key as
email and its secret as password, or send both with each request.</p>
<p>Make an access key on this machine: <code>protium gpueater url --user NAME</code></p>
</body>
</html>
`;
