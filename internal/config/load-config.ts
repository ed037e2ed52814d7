import { homedir } from 'node:os';
import { join, resolve } from 'node:path';
import { ProtiumError } from '../errors/protium-error.ts';
import type { Config, ListenConfig } from './config.ts';
import { flags } from './flags.ts';
import { quote, readVariables, variableWarnings, type Problem, type Setting } from './settings.ts';
import { isLoopback } from './values.ts';
import { variables } from './variables.ts';

/** What the defaults depend on besides the environment. */
export interface Surroundings {
  /** null where the system has no user ids. */
  readonly uid: number | null;
  readonly workingDirectory: string;
  readonly homeDirectory: string;
}

function currentSurroundings(): Surroundings {
  return {
    uid: process.getuid?.() ?? null,
    workingDirectory: process.cwd(),
    homeDirectory: homedir(),
  };
}

/**
 * The configuration, from the environment and the arguments after the program's name. Reads nothing else: whether
 * files exist is seen when they are opened. `--help` and `--version` work in any environment.
 *
 * @throws ProtiumError `argument-invalid` that lists every problem, in the message and in `details.problems`.
 */
export function loadConfig(
  env: NodeJS.ProcessEnv,
  argv: readonly string[],
  surroundings: Surroundings = currentSurroundings(),
): Config {
  const asked = readFlags(argv);
  const environment = asked.action === 'help' || asked.action === 'version' ? {} : env;
  const { values, settings, problems: badValues } = readVariables(environment);
  const absolute = (path: string): string => resolve(surroundings.workingDirectory, path);
  const warnings = [...variableWarnings(environment)];
  const problems = [...asked.problems, ...badValues];

  const http: ListenConfig = {
    hosts: values.httpHosts,
    port: values.httpPort,
    tls: readTls('HTTP', values.httpCertificate, values.httpKey, absolute, problems),
  };
  const atomos: ListenConfig | null =
    values.atomosPort === null ? null : { hosts: values.atomosHosts, port: values.atomosPort, tls: http.tls };
  // CC_MANAGER_GRPC_PORT was `host:port`: its host counts unless a variable names the hosts.
  const grpcHostNamed = settings.some(({ name, from }) => name === variables.grpcHosts.name && from !== null);
  const hostOfPort = grpcHostNamed ? null : values.grpcPort.host;
  const grpc: ListenConfig = {
    hosts: hostOfPort === null ? values.grpcHosts : [hostOfPort],
    port: values.grpcPort.port,
    tls: readTls('GRPC', values.grpcCertificate, values.grpcKey, absolute, problems),
  };
  if ((values.oidcIssuer === null) !== (values.oidcAudience === null)) {
    problems.push('PROTIUM_OIDC_ISSUER and PROTIUM_OIDC_AUDIENCE need each other');
  }
  for (const [name, url] of [
    ['PROTIUM_OIDC_ISSUER', values.oidcIssuer],
    ['PROTIUM_OIDC_JWKS_URL', values.oidcJwksUrl],
  ] as const) {
    if (url !== null && !isSafe(url)) {
      problems.push(`${name} is ${quote(url)}, whose keys could be changed on the way; allowed: https`);
    }
  }
  if (!values.allowInsecureRemote)
    problems.push(
      ...remoteProblems('HTTP', http),
      ...(atomos === null ? [] : remoteProblems('AtomOS', atomos)),
      ...remoteProblems('gRPC', grpc),
    );

  if (values.agentTls && values.agentCa === null) {
    problems.push(
      'AGENT_GRPC_CLIENT_TLS is set without AGENT_GRPC_CA_CERTS; the agent could not be verified',
    );
  }
  if (!values.agentTls && values.agentCa !== null) {
    warnings.push('AGENT_GRPC_CA_CERTS has no effect without AGENT_GRPC_CLIENT_TLS=true');
  }

  if (problems.length > 0) {
    throw new ProtiumError(
      'argument-invalid',
      `The configuration is not valid:\n${problems.map((problem) => `  - ${problem}`).join('\n')}`,
      { details: { problems } },
    );
  }
  const stateDirectory = absolute(values.stateDirectory ?? defaultStateDirectory(environment, surroundings));
  const allowedPaths = [...new Set([surroundings.workingDirectory, ...(values.allowedPaths ?? [])])];
  return deepFreeze<Config>({
    action: asked.action,
    http,
    httpNames: (values.httpNames ?? []).map((name) => name.toLowerCase()),
    atomos,
    grpc,
    socket: readSocket(values, stateDirectory, absolute, surroundings),
    access: {
      clientCaFile: values.clientCa === null ? null : absolute(values.clientCa),
      oidc:
        values.oidcIssuer === null || values.oidcAudience === null
          ? null
          : {
              issuer: values.oidcIssuer,
              audience: values.oidcAudience,
              jwksUrl: values.oidcJwksUrl,
              userClaim: values.oidcUserClaim,
              groupsClaim: values.oidcGroupsClaim,
              adminGroup: values.oidcAdminGroup,
            },
    },
    log: { level: values.logLevel, format: values.logFormat },
    instanceId: values.instanceId,
    libvirt: { uri: values.libvirtUri, driver: values.libvirtDriver },
    stateDirectory,
    audit: { reads: values.auditReads },
    rates: values.rateLimits ?? {},
    allowedPaths,
    hostRoot: absolute(values.hostRoot),
    storage: { pool: values.storagePool, directory: absolute(values.storageDirectory) },
    regions: values.regions ?? [{ id: 'local', pool: values.storagePool }],
    migrationTargets: values.migrationTargets ?? [],
    poolDirectories: values.poolDirectories,
    forwards: { address: values.forwardAddress, ports: values.forwardPorts },
    floating: { pool: values.floatingAddresses, device: values.floatingDevice },
    images: {
      pool: values.imagePool,
      directory: absolute(values.imageDirectory),
      catalogueFile: values.imageCatalogue === null ? null : absolute(values.imageCatalogue),
      allowHttp: values.imageAllowHttp,
      allowedHosts: values.imageAllowedHosts ?? [],
      maxBytes: values.imageMaxBytes,
      maxVirtualBytes: values.imageMaxVirtualBytes,
    },
    leasesFile: values.leases === null ? null : absolute(values.leases),
    bookingDataset: values.bookingDataset,
    flavorsFile: values.flavors === null ? null : absolute(values.flavors),
    reservedMemoryMib: values.reservedMemoryMib,
    registerRetrySeconds: values.registerRetrySeconds,
    subscriptions: {
      discount: values.subscriptionDiscount,
      storagePerMonth: values.storagePrice,
      addressPerMonth: values.addressPrice,
    },
    cocos: { emptyErrors: values.cocosEmptyErrors },
    agent:
      values.agentUrl === null
        ? null
        : {
            url: values.agentUrl,
            timeoutMs: values.agentTimeoutMs,
            tls: values.agentTls && values.agentCa !== null ? { caFile: absolute(values.agentCa) } : null,
          },
    tracing: {
      tracesEndpoint: values.otlpTracesEndpoint ?? tracesUnder(values.otlpEndpoint),
      serviceName: values.serviceName,
    },
    allowInsecureRemote: values.allowInsecureRemote,
    warnings,
    settings: inForce(settings, {
      [variables.grpcHosts.name]: hostOfPort,
      [variables.stateDirectory.name]: stateDirectory,
      [variables.allowedPaths.name]: allowedPaths.join(':'),
    }),
  });
}

function readFlags(argv: readonly string[]): { action: Config['action']; problems: readonly Problem[] } {
  const known = new Map<string, Config['action']>(flags.map(({ name, action }) => [name, action]));
  const problems = argv
    .filter((argument) => !known.has(argument))
    .map((argument) => `the argument ${quote(argument)} is not known; --help lists what there is`);
  const first = argv.find((argument) => known.has(argument)) ?? '';
  return { action: known.get(first) ?? 'run', problems };
}

/** The settings with the defaults that follow from other things filled in. */
function inForce(
  settings: readonly Setting[],
  filled: Readonly<Record<string, string | null>>,
): readonly Setting[] {
  return settings.map((setting) => ({
    ...setting,
    value: setting.from === null ? (filled[setting.name] ?? setting.value) : setting.value,
  }));
}

function readTls(
  server: 'HTTP' | 'GRPC',
  certificate: string | null,
  key: string | null,
  absolute: (path: string) => string,
  problems: Problem[],
): ListenConfig['tls'] {
  if (certificate !== null && key !== null)
    return { certFile: absolute(certificate), keyFile: absolute(key) };
  if (certificate !== null || key !== null) {
    const [given, missing] = certificate === null ? ['KEY', 'CERT'] : ['CERT', 'KEY'];
    problems.push(
      `PROTIUM_${server}_SERVER_${given} is given without PROTIUM_${server}_SERVER_${missing}; TLS needs both`,
    );
  }
  return null;
}

function remoteProblems(server: string, listen: ListenConfig): Problem[] {
  return listen.hosts
    .filter((host) => listen.tls === null && !isLoopback(host))
    .map(
      (host) =>
        `the ${server} server would listen on ${host}, which is not loopback, without TLS: tokens would cross the network ` +
        'as plain text. Give it a certificate, use 127.0.0.1, or set PROTIUM_ALLOW_INSECURE_REMOTE=1 to accept that',
    );
}

function isSafe(url: string): boolean {
  const { protocol, hostname } = new URL(url);
  return protocol === 'https:' || hostname === 'localhost' || isLoopback(hostname.replace(/^\[|\]$/g, ''));
}

const hostStateDirectory = '/var/lib/protium';

/** Longer than this it would not fit into the kernel's 107 bytes with what gRPC's has more. */
const longestSocketPath = 95;

function readSocket(
  values: {
    readonly socket: string | null;
    readonly socketGroup: string | null;
  },
  stateDirectory: string,
  absolute: (path: string) => string,
  { uid }: Surroundings,
): Config['socket'] {
  const group = values.socketGroup;
  if (values.socket === 'none') return null;
  if (values.socket !== null) return { path: absolute(values.socket), group, asked: true };
  const ofHost = uid === 0 && stateDirectory === hostStateDirectory;
  const path = ofHost ? '/run/protium/protium.sock' : join(stateDirectory, 'protium.sock');
  return Buffer.byteLength(path) <= longestSocketPath ? { path, group, asked: false } : null;
}

/** XDG Base Directory Specification: a relative XDG_STATE_HOME is to be ignored. */
function defaultStateDirectory(env: NodeJS.ProcessEnv, { uid, homeDirectory }: Surroundings): string {
  if (uid === 0) return hostStateDirectory;
  const stateHome = env['XDG_STATE_HOME'] ?? '';
  return join(stateHome.startsWith('/') ? stateHome : join(homeDirectory, '.local/state'), 'protium');
}

/** OpenTelemetry's OTLP exporter specification: the signal's path is appended to the common endpoint. */
function tracesUnder(endpoint: string | null): string | null {
  return endpoint === null ? null : `${endpoint.replace(/\/+$/, '')}/v1/traces`;
}

function deepFreeze<T extends object>(value: T): T {
  for (const part of Object.values(value)) {
    if (typeof part === 'object' && part !== null) deepFreeze(part as object);
  }
  return Object.freeze(value);
}
