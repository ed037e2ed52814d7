import { flag, path, peer, timeoutMs } from '../values.ts';
import { allowedForFlag, type Variable } from './variable.ts';

/** The Cocos dialect and the agent that it hands computations to. */
export const cocosVariables = {
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
    allowed: allowedForFlag,
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
    allowed: allowedForFlag,
    meaning: 'Errors of the Cocos routes have an empty body, as the original manager sent them.',
    schema: flag,
  },
} as const satisfies Record<string, Variable>;
