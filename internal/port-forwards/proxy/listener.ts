import { ProtiumError } from '../../errors/protium-error.ts';
import type { PortForward } from '../forward.ts';
import { listenTcp } from './tcp.ts';
import { listenUdp } from './udp.ts';

/** Where a connection goes now; null: nowhere, it is reset. */
export type Target = () => { readonly address: string; readonly port: number } | null;

/** A port of the host that is held. */
export interface Listener {
  /** Ends what goes through it, too. */
  close(): Promise<void>;
}

/**
 * Holds a forward's port of the host, so that nobody else gets it, and passes on what the kernel does not.
 *
 * @throws ProtiumError `resource-in-use`, `permission-denied`, `argument-invalid`
 */
export async function listenOn(
  forward: Pick<PortForward, 'protocol' | 'hostAddress' | 'hostPort' | 'sources'>,
  target: Target,
): Promise<Listener> {
  try {
    return await (forward.protocol === 'tcp' ? listenTcp(forward, target) : listenUdp(forward, target));
  } catch (error) {
    throw failure(error, forward);
  }
}

function failure(
  error: unknown,
  { protocol, hostAddress, hostPort }: Pick<PortForward, 'protocol' | 'hostAddress' | 'hostPort'>,
): unknown {
  const place = `${protocol} port ${hostPort} of ${hostAddress}`;
  const details = { protocol, hostAddress, hostPort };
  switch ((error as NodeJS.ErrnoException).code) {
    case 'EADDRINUSE':
      return new ProtiumError(
        'resource-in-use',
        `The ${place} is used by a program of the host. Choose another port, or none: then a free one is chosen.`,
        { cause: error, details },
      );
    case 'EACCES':
      return new ProtiumError('permission-denied', `The daemon may not listen on the ${place}.`, {
        cause: error,
        details,
      });
    case 'EADDRNOTAVAIL':
      return new ProtiumError('argument-invalid', `${hostAddress} is no address of this host.`, {
        cause: error,
        details: { field: 'host_address' },
      });
    default:
      return error;
  }
}
