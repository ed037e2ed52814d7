import type { NextFunction, Request, Response } from 'express';

/** For receiving a request, not for answering it: half a body does not hold a connection for long. */
const deadlineMs = 60_000;

const deadlines = new WeakMap<Request, NodeJS.Timeout>();

/** Cuts the connection of a request whose body has not come in time. */
export function bodyDeadline(request: Request, response: Response, next: NextFunction): void {
  const { 'content-length': length, 'transfer-encoding': encoding } = request.headers;
  if (encoding !== undefined || Number(length ?? 0) > 0) {
    const timer = setTimeout(() => {
      if (!request.complete) request.socket.destroy();
    }, deadlineMs).unref();
    deadlines.set(request, timer);
    response.once('close', () => clearTimeout(timer));
  }
  next();
}

/** Lets the body take as long as it comes: it is cut only when nothing has come for the time of the deadline. */
export function allowLongBody(request: Request): void {
  clearTimeout(deadlines.get(request));
  request.setTimeout(deadlineMs, () => request.socket.destroy());
  request.once('end', () => request.setTimeout(0));
}
