import type { z } from 'zod';
import { limitedCalls } from '../rate-limits/limits.ts';
import {
  amount,
  addressPool,
  byteCount,
  deviceName,
  directories,
  flag,
  fraction,
  hostPorts,
  hosts,
  httpUrl,
  ipAddress,
  label,
  libvirtUri,
  migrationTargets,
  oneOf,
  path,
  peer,
  poolName,
  port,
  portRange,
  portWithHost,
  rates,
  regions,
  socketPath,
  timeoutMs,
  volumeName,
  wholeNumber,
} from './values.ts';

/**
 * Every environment variable that Protium reads. The loader, `--help` and docs/configuration.md all follow from this
 * table. `aliases` are the names that the generations of the Cocos manager used, in order of precedence.
 */
export interface Variable {
  readonly name: string;
  readonly aliases: readonly string[];
  /** The value if none is set, as it would be written; null: none, and `unset` says what that means. */
  readonly fallback: string | null;
  /** What happens when there is no value; only where `fallback` does not say it. */
  readonly unset?: string;
  readonly allowed: string;
  readonly meaning: string;
  readonly schema: z.ZodType<unknown, string>;
}

const boolean = '1, true, 0 or false';

export const variables = {
  httpHosts: {
    name: 'PROTIUM_HTTP_HOST',
    aliases: ['MANAGER_HTTP_HOST'],
    fallback: '127.0.0.1',
    allowed: 'IP addresses or host names, separated by commas',
    meaning:
      'Addresses of the HTTP server. One that is not loopback needs TLS, or `PROTIUM_ALLOW_INSECURE_REMOTE`.',
    schema: hosts,
  },
  httpPort: {
    name: 'PROTIUM_HTTP_PORT',
    aliases: ['MANAGER_HTTP_PORT', 'CC_MANAGER_HTTP_PORT'],
    fallback: '9021',
    allowed: 'a port from 0 to 65535',
    meaning: 'Port of the HTTP server; 0: any free one.',
    schema: port,
  },
  httpCertificate: {
    name: 'PROTIUM_HTTP_SERVER_CERT',
    aliases: ['MANAGER_HTTP_SERVER_CERT', 'MANAGER_SERVER_CERT', 'CC_MANAGER_SERVER_CERT'],
    fallback: null,
    unset: 'no TLS',
    allowed: 'the path of a file; the key must be given too',
    meaning: 'Certificate chain of the HTTP server (PEM).',
    schema: path,
  },
  httpKey: {
    name: 'PROTIUM_HTTP_SERVER_KEY',
    aliases: ['MANAGER_HTTP_SERVER_KEY', 'MANAGER_SERVER_KEY', 'CC_MANAGER_SERVER_KEY'],
    fallback: null,
    unset: 'no TLS',
    allowed: 'the path of a file; the certificate must be given too',
    meaning: 'Private key of the HTTP server (PEM).',
    schema: path,
  },
  httpNames: {
    name: 'PROTIUM_HTTP_NAMES',
    aliases: [],
    fallback: null,
    unset: 'none',
    allowed: 'host names, separated by commas',
    meaning:
      "Names besides this machine's own under which the HTTP server may be reached over loopback, e.g. `www.gpueater.com` where /etc/hosts leads it here.",
    schema: hosts,
  },
  atomosHosts: {
    name: 'PROTIUM_ATOMOS_HOST',
    aliases: [],
    fallback: '127.0.0.1',
    allowed: 'IP addresses or host names, separated by commas',
    meaning:
      'Addresses of the second HTTP server. One that is not loopback needs TLS, or `PROTIUM_ALLOW_INSECURE_REMOTE`.',
    schema: hosts,
  },
  atomosPort: {
    name: 'PROTIUM_ATOMOS_PORT',
    aliases: [],
    fallback: null,
    unset: 'no second server',
    allowed: 'a port from 0 to 65535',
    meaning:
      "Port of a second HTTP server that has AtomOS's routes only; its clients expect 7777. With TLS where the HTTP server has it, by the same certificate.",
    schema: port,
  },
  grpcHosts: {
    name: 'PROTIUM_GRPC_HOST',
    aliases: ['MANAGER_GRPC_HOST'],
    fallback: '127.0.0.1',
    allowed: 'IP addresses or host names, separated by commas',
    meaning:
      'Addresses of the gRPC server. One that is not loopback needs TLS, or `PROTIUM_ALLOW_INSECURE_REMOTE`.',
    schema: hosts,
  },
  grpcPort: {
    name: 'PROTIUM_GRPC_PORT',
    aliases: ['MANAGER_GRPC_PORT', 'CC_MANAGER_GRPC_PORT'],
    fallback: '7001',
    allowed: 'a port from 0 to 65535, or host:port',
    meaning:
      'Port of the gRPC server; 0: any free one. A host before the port counts if no variable names the host.',
    schema: portWithHost,
  },
  grpcCertificate: {
    name: 'PROTIUM_GRPC_SERVER_CERT',
    aliases: ['MANAGER_GRPC_SERVER_CERT'],
    fallback: null,
    unset: 'no TLS',
    allowed: 'the path of a file; the key must be given too',
    meaning: 'Certificate chain of the gRPC server (PEM).',
    schema: path,
  },
  grpcKey: {
    name: 'PROTIUM_GRPC_SERVER_KEY',
    aliases: ['MANAGER_GRPC_SERVER_KEY'],
    fallback: null,
    unset: 'no TLS',
    allowed: 'the path of a file; the certificate must be given too',
    meaning: 'Private key of the gRPC server (PEM).',
    schema: path,
  },
  socket: {
    name: 'PROTIUM_SOCKET',
    aliases: [],
    fallback: null,
    unset:
      '`/run/protium/protium.sock` as root with the state directory `/var/lib/protium`, else `protium.sock` in the state directory',
    allowed: 'the path of a Unix socket, at most 95 bytes, or none',
    meaning:
      'Where HTTP is served for this machine, and gRPC beside it (`protium-grpc.sock`). Who comes by it is known by the kernel.',
    schema: socketPath,
  },
  socketGroup: {
    name: 'PROTIUM_SOCKET_GROUP',
    aliases: [],
    fallback: null,
    unset: "only the daemon's own user and root",
    allowed: 'the name or id of a group',
    meaning:
      'Whose members may use that socket, as the users that `protium user create --local-user` made them.',
    schema: label,
  },
  clientCa: {
    name: 'PROTIUM_TLS_CLIENT_CA',
    aliases: [],
    fallback: null,
    unset: "only Protium's own (`protium cert create`)",
    allowed: 'the path of a file',
    meaning:
      'Authorities whose client certificates show who sends a request, over TLS (PEM): the common name, or a name of subjectAltName, is that of a user.',
    schema: path,
  },
  oidcIssuer: {
    name: 'PROTIUM_OIDC_ISSUER',
    aliases: [],
    fallback: null,
    unset: 'none',
    allowed: 'an http or https URL; the audience must be given too',
    meaning: 'The OIDC issuer whose tokens show who sends a request; see access.md.',
    schema: httpUrl,
  },
  oidcAudience: {
    name: 'PROTIUM_OIDC_AUDIENCE',
    aliases: [],
    fallback: null,
    unset: 'none',
    allowed: 'up to 128 printable ASCII characters',
    meaning: 'The audience that its tokens must be for.',
    schema: label,
  },
  oidcJwksUrl: {
    name: 'PROTIUM_OIDC_JWKS_URL',
    aliases: [],
    fallback: null,
    unset: 'what the issuer tells at `/.well-known/openid-configuration`',
    allowed: 'an http or https URL',
    meaning: 'Where the keys are that its tokens are signed with.',
    schema: httpUrl,
  },
  oidcUserClaim: {
    name: 'PROTIUM_OIDC_USER_CLAIM',
    aliases: [],
    fallback: 'sub',
    allowed: 'up to 128 printable ASCII characters',
    meaning: 'The claim that names the user: one that never comes to mean another person.',
    schema: label,
  },
  oidcGroupsClaim: {
    name: 'PROTIUM_OIDC_GROUPS_CLAIM',
    aliases: [],
    fallback: 'groups',
    allowed: 'up to 128 printable ASCII characters',
    meaning: 'The claim that lists the groups of the user.',
    schema: label,
  },
  oidcAdminGroup: {
    name: 'PROTIUM_OIDC_ADMIN_GROUP',
    aliases: [],
    fallback: null,
    unset: 'none',
    allowed: 'up to 128 printable ASCII characters',
    meaning: 'The group whose members may do everything on this host.',
    schema: label,
  },
  allowInsecureRemote: {
    name: 'PROTIUM_ALLOW_INSECURE_REMOTE',
    aliases: [],
    fallback: '0',
    allowed: boolean,
    meaning:
      'Allows addresses that are not loopback without TLS: tokens and passwords cross the network as plain text, and who listens has them.',
    schema: flag,
  },
  libvirtUri: {
    name: 'PROTIUM_LIBVIRT_URI',
    aliases: [],
    fallback: 'qemu:///system',
    allowed: 'a libvirt connection URI',
    meaning: 'The libvirt that Protium manages.',
    schema: libvirtUri,
  },
  libvirtDriver: {
    name: 'PROTIUM_LIBVIRT_DRIVER',
    aliases: [],
    fallback: 'rpc',
    allowed: 'rpc or virsh',
    meaning:
      "How libvirt is called: its own protocol, or virsh commands (slower; for URIs that `rpc` can't open).",
    schema: oneOf('rpc', 'virsh'),
  },
  stateDirectory: {
    name: 'PROTIUM_STATE_DIRECTORY',
    aliases: [],
    fallback: null,
    unset: '`/var/lib/protium` as root, else `$XDG_STATE_HOME/protium` or `~/.local/state/protium`',
    allowed: 'the path of a directory',
    meaning: "Where Protium keeps what libvirt can't hold.",
    schema: path,
  },
  rateLimits: {
    name: 'PROTIUM_RATE_LIMITS',
    aliases: [],
    fallback: null,
    unset: Object.entries(limitedCalls)
      .map(([call, count]) => `${call}=${count}`)
      .join(','),
    allowed: `NAME=COUNT, separated by commas; names: ${Object.keys(limitedCalls).join(', ')}`,
    meaning: 'How often one user may ask for what costs much, in a minute; 0: as often as they like.',
    schema: rates,
  },
  auditReads: {
    name: 'PROTIUM_AUDIT_READS',
    aliases: [],
    fallback: '0',
    allowed: boolean,
    meaning: 'Whether the audit record tells who looked at what, too. Changes and refusals it always tells.',
    schema: flag,
  },
  allowedPaths: {
    name: 'PROTIUM_ALLOWED_PATHS',
    aliases: ['MANAGER_ALLOWED_PATHS'],
    fallback: null,
    unset: 'none',
    allowed: 'absolute directories, separated by colons',
    meaning: 'Directories, beside the working directory, under which a request may name files of this host.',
    schema: directories,
  },
  storagePool: {
    name: 'PROTIUM_STORAGE_POOL',
    aliases: [],
    fallback: 'protium',
    allowed: 'letters, digits, dots, dashes and underscores, at most 64',
    meaning:
      'The libvirt pool in which volumes of registered VMs are made. It is made too, when it is first needed.',
    schema: poolName,
  },
  storageDirectory: {
    name: 'PROTIUM_STORAGE_DIRECTORY',
    aliases: [],
    fallback: '/var/lib/libvirt/images/protium',
    allowed: 'the path of a directory that the user of QEMU may enter',
    meaning: 'Where that pool is made.',
    schema: path,
  },
  regions: {
    name: 'PROTIUM_REGIONS',
    aliases: [],
    fallback: null,
    unset: '`local`, the pool of `PROTIUM_STORAGE_POOL`',
    allowed: 'REGION=POOL, separated by commas; each region and each pool once',
    meaning:
      "GPUEater's regions: the pools that its users' volumes are made in and moved between. The first is meant by who names none.",
    schema: regions,
  },
  migrationTargets: {
    name: 'PROTIUM_MIGRATION_TARGETS',
    aliases: [],
    fallback: null,
    unset: 'none',
    allowed:
      'NAME=URI, then as wanted peer=URI, address=HOST, disks=copied or shared, transport=direct or tunnelled; hosts separated by commas',
    meaning: 'Other libvirt hosts that instances can move to; see migration.md.',
    schema: migrationTargets,
  },
  poolDirectories: {
    name: 'PROTIUM_POOL_DIRECTORIES',
    aliases: [],
    fallback: '/var/lib/libvirt/images:/mnt:/media:/srv',
    allowed: 'absolute directories, separated by colons',
    meaning:
      'Directories below which pools may be made by request: what is in a pool can be read and deleted.',
    schema: directories,
  },
  forwardAddress: {
    name: 'PROTIUM_FORWARD_ADDRESS',
    aliases: [],
    fallback: '127.0.0.1',
    allowed: 'an IP address',
    meaning:
      'Where forwarded ports listen when a request does not say; 0.0.0.0: on all IPv4 addresses of the host.',
    schema: ipAddress,
  },
  forwardPorts: {
    name: 'PROTIUM_FORWARD_PORTS',
    aliases: [],
    fallback: '20000-20999',
    allowed: 'two ports with a dash between them',
    meaning:
      'Ports of the host from which one is chosen when a request to forward a port does not say which.',
    schema: portRange,
  },
  floatingAddresses: {
    name: 'PROTIUM_FLOATING_ADDRESSES',
    aliases: [],
    fallback: '10.77.0.0/24',
    allowed:
      'IPv4 addresses, ranges (a-b) and CIDR blocks, separated by commas, at most 65536 addresses; or none',
    meaning: 'Addresses of the host that can lead to instances; none: there are no floating addresses.',
    schema: addressPool,
  },
  floatingDevice: {
    name: 'PROTIUM_FLOATING_DEVICE',
    aliases: [],
    fallback: 'lo',
    allowed: 'the name of a network device',
    meaning:
      'The device that floating addresses are put on; another one than lo: so that its network reaches them.',
    schema: deviceName,
  },
  imagePool: {
    name: 'PROTIUM_IMAGE_POOL',
    aliases: [],
    fallback: 'protium-images',
    allowed: 'letters, digits, dots, dashes and underscores, at most 64',
    meaning:
      'The libvirt pool in which images are stored, and nothing else. It is made when it is first needed.',
    schema: poolName,
  },
  imageDirectory: {
    name: 'PROTIUM_IMAGE_DIRECTORY',
    aliases: [],
    fallback: '/var/lib/libvirt/images/protium-images',
    allowed: 'the path of a directory that the user of QEMU may enter',
    meaning: 'Where that pool is made.',
    schema: path,
  },
  imageCatalogue: {
    name: 'PROTIUM_IMAGE_CATALOGUE',
    aliases: [],
    fallback: null,
    unset: 'the images that Protium knows',
    allowed: 'the path of a YAML or JSON file',
    meaning: 'Images of your own that can be imported by name; see images.md.',
    schema: path,
  },
  leases: {
    name: 'PROTIUM_LEASES',
    aliases: [],
    fallback: null,
    unset: 'the rules that leases.md tells, and no webhook',
    allowed: 'the path of a YAML or JSON file',
    meaning: 'Who may lease what, how far ahead and how long; the webhook that is told; see leases.md.',
    schema: path,
  },
  bookingDataset: {
    name: 'PROTIUM_BOOKING_DATASET',
    aliases: [],
    fallback: null,
    unset: 'none',
    allowed: 'POOL/NAME of a volume with a file system on it',
    meaning: 'What every machine that is booked (protium booking) can read at /root/Dataset; see booking.md.',
    schema: volumeName,
  },
  flavors: {
    name: 'PROTIUM_FLAVORS',
    aliases: [],
    fallback: null,
    unset: 'the flavors that the host itself has',
    allowed: 'the path of a YAML or JSON file',
    meaning: 'Flavors of your own, and changes of those that Protium works out; see flavors.md.',
    schema: path,
  },
  imageAllowHttp: {
    name: 'PROTIUM_IMAGE_ALLOW_HTTP',
    aliases: [],
    fallback: '0',
    allowed: boolean,
    meaning: 'Images may be downloaded without TLS.',
    schema: flag,
  },
  imageAllowedHosts: {
    name: 'PROTIUM_IMAGE_ALLOWED_HOSTS',
    aliases: [],
    fallback: null,
    unset: 'none',
    allowed: 'host:port, separated by commas',
    meaning:
      'Servers that images may be downloaded from although their addresses are not public, e.g. mirrors.',
    schema: hostPorts,
  },
  imageMaxBytes: {
    name: 'PROTIUM_IMAGE_MAX_BYTES',
    aliases: [],
    fallback: '64GiB',
    allowed: 'bytes, or a number with KiB, MiB, GiB or TiB',
    meaning: 'The largest file that is taken as an image, before and after it is unpacked.',
    schema: byteCount,
  },
  imageMaxVirtualBytes: {
    name: 'PROTIUM_IMAGE_MAX_VIRTUAL_BYTES',
    aliases: [],
    fallback: '2TiB',
    allowed: 'bytes, or a number with KiB, MiB, GiB or TiB',
    meaning: 'The largest disk that an image may claim to be.',
    schema: byteCount,
  },
  reservedMemoryMib: {
    name: 'PROTIUM_RESERVED_MEMORY_MIB',
    aliases: [],
    fallback: null,
    unset: 'a sixteenth of the memory, at least 512, at most 8192',
    allowed: 'a whole number of MiB',
    meaning: 'Memory that is left to the host, and never given to registered VMs.',
    schema: wholeNumber,
  },
  registerRetrySeconds: {
    name: 'PROTIUM_REGISTER_RETRY_SECONDS',
    aliases: [],
    fallback: '600',
    allowed: 'a whole number of seconds',
    meaning: 'For so long the same `register` of the same client is answered with the VM that it made.',
    schema: wholeNumber,
  },
  subscriptionDiscount: {
    name: 'PROTIUM_SUBSCRIPTION_DISCOUNT',
    aliases: [],
    fallback: '1',
    allowed: 'a number from 0 to 1',
    meaning: 'What a month of a subscription to a flavor costs, of what 720 hours of the flavor cost.',
    schema: fraction,
  },
  storagePrice: {
    name: 'PROTIUM_STORAGE_PRICE',
    aliases: [],
    fallback: '0',
    allowed: 'a number that is not negative',
    meaning: 'What a month of a subscription to 100 GiB costs.',
    schema: amount,
  },
  addressPrice: {
    name: 'PROTIUM_ADDRESS_PRICE',
    aliases: [],
    fallback: '0',
    allowed: 'a number that is not negative',
    meaning: 'What a month of a subscription to a floating address costs.',
    schema: amount,
  },
  hostRoot: {
    name: 'PROTIUM_HOST_ROOT',
    aliases: [],
    fallback: '/',
    allowed: 'the path of a directory',
    meaning: 'Where /sys, /proc and /usr of the host are; another tree than `/` in a container or a test.',
    schema: path,
  },
  logLevel: {
    name: 'PROTIUM_LOG_LEVEL',
    aliases: ['MANAGER_LOG_LEVEL', 'CC_MANAGER_LOG_LEVEL'],
    fallback: 'info',
    allowed: 'error, warn, info or debug',
    meaning: 'The least important messages that are logged.',
    schema: oneOf('error', 'warn', 'info', 'debug'),
  },
  logFormat: {
    name: 'PROTIUM_LOG_FORMAT',
    aliases: [],
    fallback: 'auto',
    allowed: 'auto, json or pretty',
    meaning: 'JSON lines or text for people; auto: text on a terminal.',
    schema: oneOf('auto', 'json', 'pretty'),
  },
  instanceId: {
    name: 'PROTIUM_INSTANCE_ID',
    aliases: ['MANAGER_INSTANCE_ID'],
    fallback: null,
    unset: 'a random UUID at each start',
    allowed: 'up to 128 printable ASCII characters',
    meaning: 'Name of this daemon in /health and in traces.',
    schema: label,
  },
  agentUrl: {
    name: 'PROTIUM_AGENT_GRPC_URL',
    aliases: ['AGENT_GRPC_URL', 'MANAGER_AGENT_GRPC_URL', 'COCOS_COMPUTATIONS_AGENT_GRPC_URL'],
    fallback: null,
    unset: 'none',
    allowed: 'host:port',
    meaning: 'The computation agent that runs are passed on to. Not set: computations are only kept.',
    schema: peer,
  },
  agentTimeoutMs: {
    name: 'PROTIUM_AGENT_GRPC_TIMEOUT',
    aliases: ['AGENT_GRPC_TIMEOUT', 'MANAGER_AGENT_GRPC_TIMEOUT', 'COCOS_COMPUTATIONS_AGENT_GRPC_TIMEOUT'],
    fallback: '1s',
    allowed: 'a duration such as 500ms, 1s or 1m30s, at most 24h',
    meaning: 'How long a call of the agent may take.',
    schema: timeoutMs,
  },
  agentTls: {
    name: 'PROTIUM_AGENT_GRPC_CLIENT_TLS',
    aliases: ['AGENT_GRPC_CLIENT_TLS'],
    fallback: 'false',
    allowed: boolean,
    meaning: 'Call the agent over TLS; needs the certificates below.',
    schema: flag,
  },
  agentCa: {
    name: 'PROTIUM_AGENT_GRPC_CA_CERTS',
    aliases: ['AGENT_GRPC_CA_CERTS'],
    fallback: null,
    unset: 'none',
    allowed: 'the path of a file',
    meaning: "Certificates that the agent's certificate is checked against (PEM).",
    schema: path,
  },
  cocosEmptyErrors: {
    name: 'PROTIUM_COCOS_EMPTY_ERRORS',
    aliases: ['MANAGER_COCOS_EMPTY_ERRORS'],
    fallback: '0',
    allowed: boolean,
    meaning: 'Errors of the Cocos routes have an empty body, as the original manager sent them.',
    schema: flag,
  },
  otlpTracesEndpoint: {
    name: 'OTEL_EXPORTER_OTLP_TRACES_ENDPOINT',
    aliases: [],
    fallback: null,
    unset: '`/v1/traces` under `OTEL_EXPORTER_OTLP_ENDPOINT`',
    allowed: 'an http or https URL',
    meaning: 'Where traces are sent (OTLP over HTTP), as it stands.',
    schema: httpUrl,
  },
  otlpEndpoint: {
    name: 'OTEL_EXPORTER_OTLP_ENDPOINT',
    aliases: [],
    fallback: null,
    unset: 'no traces',
    allowed: 'an http or https URL',
    meaning: 'The OpenTelemetry collector (OTLP over HTTP).',
    schema: httpUrl,
  },
  serviceName: {
    name: 'OTEL_SERVICE_NAME',
    aliases: [],
    fallback: 'protium',
    allowed: 'up to 128 printable ASCII characters',
    meaning: 'Name of the service in traces.',
    schema: label,
  },
} as const satisfies Record<string, Variable>;

export type VariableKey = keyof typeof variables;

/** Variables of the Cocos manager that have no effect here. `warn` null: nobody needs to hear of it. */
export const ignoredVariables: readonly {
  readonly pattern: RegExp;
  readonly shown: string;
  readonly warn: string | null;
  readonly meaning: string;
}[] = [
  {
    pattern: /^(?:CC_|MANAGER_)?JAEGER_URL$/,
    shown: '`CC_JAEGER_URL`, `JAEGER_URL`, `MANAGER_JAEGER_URL`',
    warn: 'traces are sent over OTLP now; set OTEL_EXPORTER_OTLP_ENDPOINT instead',
    meaning: 'Jaeger receives OTLP itself: set `OTEL_EXPORTER_OTLP_ENDPOINT`. A warning says so.',
  },
  {
    pattern: /^MANAGER_QEMU_/,
    shown: '`MANAGER_QEMU_*`',
    warn: 'QEMU is configured by the domain documents; these have no effect',
    meaning: 'QEMU is configured by the domain documents. A warning says so.',
  },
  {
    pattern: /^(?:CC_)?MANAGER_SECRET$/,
    shown: '`CC_MANAGER_SECRET`, `MANAGER_SECRET`',
    warn: null,
    meaning: 'No version ever used it.',
  },
];

export const flags = [
  { name: '--help', action: 'help', meaning: 'Print this list and end.' },
  { name: '--version', action: 'version', meaning: 'Print the version and end.' },
  {
    name: '--print-config',
    action: 'print-config',
    meaning: 'Print every setting and where it came from, and end.',
  },
  {
    name: '--recover-state',
    action: 'recover-state',
    meaning: 'Make a whole database of what a damaged one still holds, and end (docs/recovery.md).',
  },
] as const;
