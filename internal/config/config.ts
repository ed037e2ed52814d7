import type { AddressRange } from '../floating-addresses/pool.ts';
import type { MigrationTarget } from '../migration/target.ts';
import type { Setting } from './settings.ts';

/** Everything the daemon can be told, checked and frozen. Paths are absolute. */
export interface Config {
  readonly action: 'run' | 'help' | 'version' | 'print-config' | 'recover-state';
  readonly http: ListenConfig;
  /** Names besides the machine's own under which loopback is reached, in lower case. */
  readonly httpNames: readonly string[];
  /** The second HTTP server, with AtomOS's routes only; null: there is none. */
  readonly atomos: ListenConfig | null;
  readonly grpc: ListenConfig;
  /** Unix socket of the HTTP server; gRPC has one beside it. null: there is none. */
  readonly socket: {
    readonly path: string;
    /** Name or id of the group that may use it; null: only the daemon's own user. */
    readonly group: string | null;
    /** It was configured: without it the daemon does not start. */
    readonly asked: boolean;
  } | null;
  readonly access: AccessConfig;
  readonly log: {
    readonly level: 'error' | 'warn' | 'info' | 'debug';
    /** `auto`: pretty on a terminal, else JSON. */
    readonly format: 'auto' | 'json' | 'pretty';
  };
  /** Shown in /health; null: a random one is made at each start. */
  readonly instanceId: string | null;
  readonly libvirt: {
    readonly uri: string;
    readonly driver: 'rpc' | 'virsh';
  };
  /** Where the daemon keeps its database. */
  readonly stateDirectory: string;
  /** Whether reads are recorded too. */
  readonly audit: { readonly reads: boolean };
  /** Directories from which a request may name files on the server; the first is the working directory. */
  readonly allowedPaths: readonly string[];
  /** The tree that /sys and /proc of the host are read from: `/`. */
  readonly hostRoot: string;
  /** Where volumes of instances are made. */
  readonly storage: { readonly pool: string; readonly directory: string };
  /** GPUEater's regions, at least one; the first is meant by who names none. */
  readonly regions: readonly { readonly id: string; readonly pool: string }[];
  /** Other hosts that instances can move to. */
  readonly migrationTargets: readonly MigrationTarget[];
  /** Below which directories requests may make pools. */
  readonly poolDirectories: readonly string[];
  readonly forwards: {
    /** Where forwarded ports listen when a request does not say. */
    readonly address: string;
    /** From which a host port is chosen; both ends are of it. */
    readonly ports: { readonly first: number; readonly last: number };
  };
  readonly floating: {
    /** null: there are no floating addresses. */
    readonly pool: readonly AddressRange[] | null;
    /** That they are put on. */
    readonly device: string;
  };
  readonly images: ImageConfig;
  /** The operator's settings of leases; null: none. */
  readonly leasesFile: string | null;
  /** POOL/NAME of the volume that every booked machine reads; null: none. */
  readonly bookingDataset: string | null;
  /** The operator's settings of flavors; null: none. */
  readonly flavorsFile: string | null;
  /** Memory that is never given to VMs; null: worked out from what the host has. */
  readonly reservedMemoryMib: number | null;
  readonly registerRetrySeconds: number;
  readonly subscriptions: {
    /** Of what a month by the hour costs. */
    readonly discount: number;
    /** For 100 GiB and a month. */
    readonly storagePerMonth: number;
    /** For one address and a month. */
    readonly addressPerMonth: number;
  };
  readonly cocos: {
    /** Answer errors with an empty body, byte for byte as the original manager. */
    readonly emptyErrors: boolean;
  };
  /** The computation agent in the VM; null: none is configured. */
  readonly agent: {
    /** `host:port` */
    readonly url: string;
    readonly timeoutMs: number;
    /** null: plaintext. */
    readonly tls: { readonly caFile: string } | null;
  } | null;
  readonly tracing: {
    /** Full URL for OTLP over HTTP; null: no traces. */
    readonly tracesEndpoint: string | null;
    readonly serviceName: string;
  };
  /** The operator accepts that anybody who reaches a non-loopback address controls the host. */
  readonly allowInsecureRemote: boolean;
  /** What the operator should know, one sentence each; to be logged at start. */
  readonly warnings: readonly string[];
  /** Each variable with its value in force and its origin, for `--print-config`. */
  readonly settings: readonly Setting[];
}

export interface ImageConfig {
  /** Where images are stored. */
  readonly pool: string;
  readonly directory: string;
  /** The user's own entries of the catalogue; null: none. */
  readonly catalogueFile: string | null;
  readonly allowHttp: boolean;
  /** `host:port` of servers at whatever address. */
  readonly allowedHosts: readonly string[];
  readonly maxBytes: number;
  readonly maxVirtualBytes: number;
}

export interface ListenConfig {
  /** Addresses to listen on; loopback unless configured. */
  readonly hosts: readonly string[];
  /** 0: any free port. */
  readonly port: number;
  /** null: plaintext. */
  readonly tls: { readonly certFile: string; readonly keyFile: string } | null;
}

/** Who is let in besides local programs and bearers of tokens. */
export interface AccessConfig {
  /** Authorities of client certificates besides Protium's own (PEM); null: none. */
  readonly clientCaFile: string | null;
  /** null: no issuer is trusted. */
  readonly oidc: OidcConfig | null;
}

export interface OidcConfig {
  /** As its tokens have it, e.g. `https://id.example/realms/main`. */
  readonly issuer: string;
  readonly audience: string;
  /** null: found by discovery (`/.well-known/openid-configuration`). */
  readonly jwksUrl: string | null;
  readonly userClaim: string;
  readonly groupsClaim: string;
  /** Its members may do everything on this host; null: nobody may because of a group. */
  readonly adminGroup: string | null;
}
