import { readFileSync } from 'node:fs';
import { isIPv6 } from 'node:net';
import type { GrpcServer } from '../../internal/api/grpc/server.ts';
import type { ListenConfig } from '../../internal/config/config.ts';

/**
 * Listens on every configured address; resolves with them as `host:port`.
 *
 * @param clientAuthorities PEM: of the certificates that clients are asked for over TLS
 */
export async function listenGrpc(
  server: GrpcServer,
  config: ListenConfig,
  clientAuthorities: readonly string[],
): Promise<readonly string[]> {
  const tls =
    config.tls === null
      ? undefined
      : {
          certificate: readFileSync(config.tls.certFile),
          key: readFileSync(config.tls.keyFile),
          clientAuthorities,
        };
  const addresses: string[] = [];
  for (const host of config.hosts) {
    const port = await server.listen(host, config.port, tls);
    addresses.push(isIPv6(host) ? `[${host}]:${port}` : `${host}:${port}`);
  }
  return addresses;
}
