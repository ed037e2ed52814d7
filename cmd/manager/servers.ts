import { readDescriptors } from '../../internal/api/grpc/descriptors.ts';
import { createGrpcServer } from '../../internal/api/grpc/server.ts';
import { allServices, type ServiceSources } from '../../internal/api/grpc/services.ts';
import {
  createAtomosApp,
  createHttpApp,
  type AtomosAppOptions,
  type HttpAppOptions,
} from '../../internal/api/http/app.ts';
import { readBindings } from '../../internal/api/http/v1/bindings.ts';
import type { V1Service } from '../../internal/api/v1/service.ts';
import type { Config } from '../../internal/config/config.ts';
import type { Logger } from '../../internal/observability/log.ts';
import type { Metrics } from '../../internal/observability/metrics.ts';
import type { AuditRoom } from './audit-room.ts';
import type { IdentityRoom } from './identity-room.ts';
import { listenGrpc } from './listen-grpc.ts';
import { listenHttp, type HttpListener } from './listen.ts';
import { createUnixSockets } from './unix-sockets.ts';
import type { UpgradeHandler } from './upgrades.ts';

export interface Servers {
  /** Rejects when an address cannot be listened on; `stop` then ends those that could. Call it once. */
  listen(): Promise<Listening>;
  /** Where HTTP is served, for a browser; once it listens. */
  origins(): readonly string[];
  /** All at once: while one waits for its last answer the others take no new requests either. */
  stop(graceMs: number): Promise<void>;
}

/** `host:port` of each address, by server. */
export interface Listening {
  readonly http: readonly string[];
  readonly atomos?: readonly string[];
  readonly grpc: readonly string[];
}

/** Wires the servers: HTTP with all dialects, AtomOS's beside it where it is asked for, and gRPC. */
export function createServers(parts: {
  readonly config: Pick<Config, 'http' | 'httpNames' | 'atomos' | 'grpc' | 'socket'>;
  readonly identity: Pick<IdentityRoom, 'door' | 'failedLogins' | 'clientAuthorities' | 'grpcDoor'>;
  readonly audit: Pick<AuditRoom, 'audit' | 'limits' | 'turnedAway'>;
  readonly metrics: Metrics;
  /** The native API. */
  readonly services: readonly V1Service[];
  readonly cocos: HttpAppOptions['cocos'];
  readonly atomos: AtomosAppOptions['atomos'];
  /** What only HTTP has. */
  readonly overHttp: Pick<
    HttpAppOptions,
    'computations' | 'examineHost' | 'images' | 'inventory' | 'volumeContents' | 'gpueater' | 'health'
  >;
  readonly upgrade: UpgradeHandler;
  /** gRPC's. */
  readonly health: ServiceSources['health'];
  readonly log: Logger;
}): Servers {
  const { config, identity, audit, metrics, services, cocos, log } = parts;
  const contracts = readBindings(readDescriptors());
  const grpc = createGrpcServer({
    log,
    door: { ...identity.grpcDoor(contracts.bindings), turnedAway: audit.turnedAway },
    observe: ({ method, code, durationMs }) => metrics.grpcCall(method, code, durationMs),
    services: allServices({ log, cocos, v1: services, health: parts.health }),
  });
  const servers: { stop(graceMs: number): Promise<void> }[] = [grpc];
  let http: HttpListener | null = null;
  return {
    async listen() {
      const { clientAuthorities } = identity;
      const ofEveryApp: AtomosAppOptions = {
        log,
        metrics,
        names: config.httpNames,
        door: identity.door,
        failedLogins: identity.failedLogins,
        atomos: parts.atomos,
        audit: audit.audit,
        limits: audit.limits,
      };
      const unixSockets = await createUnixSockets({ config, log });
      http = await listenHttp(
        createHttpApp({ ...ofEveryApp, ...parts.overHttp, cocos, v1: { services, bindings: contracts } }),
        { ...config.http, clientAuthorities },
        parts.upgrade,
        (server) => unixSockets.listen(server, 'http'),
      );
      servers.push(http);
      const atomos =
        config.atomos === null
          ? null
          : await listenHttp(createAtomosApp(ofEveryApp), { ...config.atomos, clientAuthorities });
      if (atomos !== null) servers.push(atomos);
      const grpcAddresses = await listenGrpc(grpc, config.grpc, clientAuthorities);
      servers.push({ stop: await unixSockets.serveGrpc(grpc) });
      return {
        http: http.addresses,
        ...(atomos === null ? {} : { atomos: atomos.addresses }),
        grpc: grpcAddresses,
      };
    },
    origins: () => http?.origins ?? [],
    async stop(graceMs) {
      await Promise.all(servers.map((server) => server.stop(graceMs)));
    },
  };
}
