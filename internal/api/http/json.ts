import type { Response } from 'express';

/** A value as JSON text with one newline. 64-bit integers become numbers where they are exact, else strings. */
export function jsonBytes(value: unknown): Buffer {
  return Buffer.from(`${JSON.stringify(value, exactIntegers)}\n`);
}

export function sendJson(
  response: Response,
  status: number,
  value: unknown,
  contentType = 'application/json',
): void {
  sendJsonBytes(response, status, jsonBytes(value), contentType);
}

export function sendJsonBytes(
  response: Response,
  status: number,
  body: Buffer,
  contentType = 'application/json',
): void {
  response.writeHead(status, { 'Content-Type': contentType, 'Content-Length': body.length });
  response.end(body);
}

function exactIntegers(_key: string, value: unknown): unknown {
  if (typeof value !== 'bigint') return value;
  const number = Number(value);
  return Number.isSafeInteger(number) ? number : value.toString();
}
