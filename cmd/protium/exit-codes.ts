import { catalogue, type ErrorCode } from '../../internal/errors/catalogue.ts';

/** How the program ends; docs/cli.md lists the same. */
export const exitCodes = {
  ok: { number: 0, meaning: 'Done.' },
  failed: { number: 1, meaning: 'It failed; with several names: for different reasons.' },
  usage: { number: 2, meaning: 'The command line or the config is wrong.' },
  notFound: { number: 3, meaning: 'There is no such instance, domain or operation.' },
  refused: {
    number: 4,
    meaning: 'Refused: this host cannot give it, or it conflicts with what there is.',
  },
  unreachable: { number: 5, meaning: 'The daemon does not answer.' },
  needsNewInstance: { number: 6, meaning: 'apply: the config asks for what only a new instance can have.' },
  interrupted: { number: 130, meaning: 'Ctrl-C; an operation that was waited for goes on.' },
} as const satisfies Record<string, { readonly number: number; readonly meaning: string }>;

export type Exit = keyof typeof exitCodes;

const exits: Readonly<Partial<Record<ErrorCode, Exit>>> = {
  'request-malformed': 'usage',
  'argument-invalid': 'usage',
  'file-not-found': 'notFound',
  'not-found': 'notFound',
  'path-forbidden': 'refused',
  'permission-denied': 'refused',
  'access-denied': 'refused',
  unauthenticated: 'refused',
  'credentials-wrong': 'refused',
  'too-many-attempts': 'refused',
  'already-exists': 'refused',
  'definition-conflict': 'refused',
  'state-conflict': 'refused',
  busy: 'refused',
  'resource-in-use': 'refused',
  'precondition-failed': 'refused',
  'device-in-use': 'refused',
  'device-unhealthy': 'refused',
  'image-refused': 'refused',
  'image-too-large': 'refused',
  'checksum-mismatch': 'refused',
  'address-forbidden': 'refused',
  'storage-full': 'refused',
  'host-incapable': 'refused',
  'ticket-invalid': 'refused',
  'agent-missing': 'refused',
  'guest-refused': 'refused',
};

/** How the program ends after an error of the catalogue; a code of a newer daemon is a failure. */
export function exitOf(code: string): Exit {
  return isErrorCode(code) ? (exits[code] ?? 'failed') : 'failed';
}

function isErrorCode(code: string): code is ErrorCode {
  return Object.hasOwn(catalogue, code);
}
