import type { Caller } from '../identity/caller.ts';

/**
 * attempt: about to be tried; it is on disk before anything is changed. outcome: how the attempt ended, on disk before the
 * caller is answered. refusal: turned away before anything was tried. read: where reads are recorded too. operation-begun and
 * operation-ended: what goes on after the answer, or on the daemon's own account. archive: older entries were moved to a file.
 */
export const auditEvents = [
  'attempt',
  'outcome',
  'refusal',
  'read',
  'operation-begun',
  'operation-ended',
  'archive',
] as const;
export type AuditEvent = (typeof auditEvents)[number];

/** Who does something: of a Caller what is recorded. The daemon itself has the way `daemon`, somebody unknown `none`. */
export interface Actor extends Pick<Caller, 'user' | 'address' | 'project'> {
  readonly way: Caller['way'] | 'daemon' | 'none';
  /** Id of the token, key or certificate that showed who it is; never the secret. */
  readonly credential?: string;
}

/** What something is done to. Empty texts: it is not known, or not yet. */
export interface Subject {
  /** e.g. `instance`, `volume`. */
  readonly kind: string;
  /** Name or id as it was given; of a volume `POOL/NAME`. */
  readonly id: string;
  /** 32 hexadecimal digits. */
  readonly project: string;
}

/** One thing that somebody does. */
export interface Action {
  readonly actor: Actor;
  readonly requestId: string;
  /** e.g. `protium.v1.InstancesService/StartInstance`, `gpueater/launch`, `atomos/register`. */
  readonly method: string;
  readonly subject: Subject;
}

/** What an entry says; nothing else of a request is ever recorded. */
export interface AuditFacts {
  readonly event: AuditEvent;
  readonly requestId: string;
  readonly user: string;
  readonly way: string;
  readonly credential: string;
  readonly address: string;
  readonly method: string;
  readonly objectKind: string;
  readonly object: string;
  readonly project: string;
  /** `ok`, an error's code, or the state in which an operation ended; empty: an attempt. */
  readonly result: string;
  /** Id; several are separated by spaces. */
  readonly operation: string;
  /** Sequence of the attempt that this is the outcome of; 0: of none. */
  readonly attempt: number;
  /** How many alike this stands for. */
  readonly count: number;
}

export interface AuditEntry extends AuditFacts {
  /** One more than that of the entry before. */
  readonly sequence: number;
  /** ISO 8601, UTC, by the machine's clock when it was written. */
  readonly time: string;
  /** SHA-256 over the entry before's hash and all of this one, in hexadecimal. */
  readonly hash: string;
}

/** The facts of an action; texts from outside are cut to what a record may hold. */
export function factsOf(
  event: AuditEvent,
  { actor, requestId, method, subject }: Action,
  more: Partial<Pick<AuditFacts, 'result' | 'operation' | 'attempt' | 'count'>> = {},
): AuditFacts {
  return {
    event,
    requestId: plain(requestId),
    user: plain(actor.user),
    way: actor.way,
    credential: plain(actor.credential ?? ''),
    address: plain(actor.address),
    method: plain(method),
    objectKind: plain(subject.kind),
    object: plain(subject.id),
    project: plain(subject.project),
    result: '',
    operation: '',
    attempt: 0,
    count: 1,
    ...more,
  };
}

const longest = 200;

/**
 * Text without controls and halves of characters, at most 200 long. A secret of a token that was put where a name belongs is
 * cut off: of `pt_ID_SECRET` the id is left.
 */
function plain(text: string): string {
  return text
    .replaceAll(/[\u0000-\u001f\u007f-\u009f\u2028\u2029\ufeff\p{Surrogate}]/gu, '?')
    .replaceAll(/\bpt_([A-Za-z0-9]{1,64})_[A-Za-z0-9_-]+/g, 'pt_$1')
    .slice(0, longest)
    .replaceAll(/\p{Surrogate}/gu, '');
}
