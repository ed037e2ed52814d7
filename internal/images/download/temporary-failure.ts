/** A failure of the network or of the server after which the same request may succeed. The message names no secret. */
export class TemporaryFailure extends Error {
  override readonly name = 'TemporaryFailure';
}

/** Error codes of sockets, name look-ups and Node's HTTP parser that may pass; a wrong certificate is not among them. */
const passing: ReadonlySet<string> = new Set([
  'ECONNABORTED',
  'ECONNREFUSED',
  'ECONNRESET',
  'EAI_AGAIN',
  'EHOSTUNREACH',
  'ENETDOWN',
  'ENETUNREACH',
  'EPIPE',
  'ERR_STREAM_PREMATURE_CLOSE',
  'ETIMEDOUT',
]);

export function isPassing(error: unknown): boolean {
  const { code } = error as { readonly code?: unknown };
  return typeof code === 'string' && (passing.has(code) || code.startsWith('HPE_'));
}
