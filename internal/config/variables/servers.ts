import { hosts, path, port, portWithHost } from '../values.ts';
import type { Variable } from './variable.ts';

/** What is listened on. */
export const serverVariables = {
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
} as const satisfies Record<string, Variable>;
