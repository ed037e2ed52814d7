import { flag, httpUrl, label, path, socketPath } from '../values.ts';
import { allowedForFlag, type Variable } from './variable.ts';

/** How it is known who sends a request. */
export const accessVariables = {
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
    allowed: allowedForFlag,
    meaning:
      'Allows addresses that are not loopback without TLS: tokens and passwords cross the network as plain text, and who listens has them.',
    schema: flag,
  },
} as const satisfies Record<string, Variable>;
