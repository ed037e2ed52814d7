import type { Response } from 'express';
import { catalogue } from '../../../errors/catalogue.ts';
import { sendJson } from '../json.ts';
import { asProtiumError } from '../problem.ts';
import { headerText } from '../header-text.ts';
import { Download } from './function.ts';

const contentType = 'application/json; charset=utf-8';

/** A URL of this dialect whose answers are envelopes, whatever goes wrong. */
export function isGpueaterUrl(url: string): boolean {
  return /^\/+(?:console\/servers|api_login)(?:[/?]|$)/.test(url);
}

/** What a function has returned; both members are always there, as the clients read them. */
export function sendData(response: Response, data: unknown): void {
  if (data instanceof Download) sendDownload(response, data);
  else sendJson(response, 200, { data: data ?? null, error: null }, contentType);
}

/** An error as the clients expect it: a text that is not empty. It is logged with the request. */
export function sendFailure(response: Response, thrown: unknown): void {
  const { code, message } = asProtiumError(thrown);
  response.locals['error'] = thrown;
  // The rest of a body that was too large is not read: the connection cannot be used again.
  if (code === 'body-too-large') response.set('Connection', 'close');
  const error = message === '' ? catalogue[code].title : message;
  sendJson(response, catalogue[code].http, { data: null, error }, contentType);
}

function sendDownload(response: Response, { contentType: type, fileName, bytes }: Download): void {
  const name = fileName.replace(/[^A-Za-z0-9._-]/g, '_');
  response.writeHead(200, {
    'Content-Type': headerText(type),
    'Content-Length': bytes.length,
    'Content-Disposition': `attachment; filename="${name}"`,
    'X-Content-Type-Options': 'nosniff',
  });
  response.end(bytes);
}
