import { ProtiumError } from '../../internal/errors/protium-error.ts';

/** One line for the person who started the daemon: what is wrong and what to do. */
export function describeStartFailure(error: unknown): string {
  if (error instanceof ProtiumError) return error.message;
  const { code, address, port } = error as NodeJS.ErrnoException & { address?: string; port?: number };
  const where = `${address ?? ''}:${port ?? ''}`;
  switch (code) {
    case 'EADDRINUSE':
      return `${where} is in use by another program. Is another Protium running? Stop it, or choose another port (--help).`;
    case 'EADDRNOTAVAIL':
      return `${where}: this machine has no such address. Choose another one (--help).`;
    case 'EACCES':
      return `${where}: this user may not listen there. Ports below 1024 need root.`;
    default:
      return error instanceof Error ? (error.stack ?? error.message) : String(error);
  }
}
