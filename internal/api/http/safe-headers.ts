import type { NextFunction, Request, Response } from 'express';

/**
 * Of every answer, so that a browser makes nothing of it but what it is: no scripts, no frames around it, no guesses at its
 * type, no use by other sites, no address told to them, no copy kept. Pages say what they need beside (contentPolicy).
 */
export function safeHeaders(_request: Request, response: Response, next: NextFunction): void {
  response.setHeader('Content-Security-Policy', contentPolicy({}));
  for (const [name, value] of headers) response.setHeader(name, value);
  next();
}

const headers = [
  ['Cache-Control', 'no-store'],
  ['Cross-Origin-Opener-Policy', 'same-origin'],
  ['Cross-Origin-Resource-Policy', 'same-origin'],
  ['Referrer-Policy', 'no-referrer'],
  ['X-Content-Type-Options', 'nosniff'],
  ['X-Frame-Options', 'DENY'],
] as const;

/** A Content-Security-Policy that allows what is given, and nothing else. */
export function contentPolicy(allowed: Readonly<Record<string, string>>): string {
  const nothing = {
    'default-src': "'none'",
    'base-uri': "'none'",
    'form-action': "'none'",
    'frame-ancestors': "'none'",
  };
  return Object.entries({ ...nothing, ...allowed })
    .map(([name, value]) => `${name} ${value}`)
    .join('; ');
}
