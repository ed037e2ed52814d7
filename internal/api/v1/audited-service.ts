import type { Audit } from '../../audit/audit.ts';
import type { Action } from '../../audit/entry.ts';
import { methodClass } from '../../audit/method-class.ts';
import { isRefusal } from '../../audit/refusal-codes.ts';
import { subjectOf, subjectOfAnswer } from '../../audit/subject.ts';
import type { RequestContext } from '../request-context.ts';
import type { V1Method, V1Service } from './service.ts';

type RecordParts = Pick<Audit, 'recorded' | 'refused' | 'read'>;
type Call = (request: unknown, context: RequestContext) => unknown;

/** A service whose changes and refusals are recorded, over HTTP and gRPC alike. */
export function auditedService(service: V1Service, audit: RecordParts): V1Service {
  const methods = Object.entries(service.methods).map(([name, method]) => {
    const contract = service.definition[name];
    if (contract === undefined) throw new Error(`${service.name} has no ${name}.`);
    const { requestStream, responseStream } = contract;
    const call = method as Call;
    const actionOf = (request: unknown, { caller, requestId }: RequestContext): Action => ({
      actor: caller,
      requestId,
      method: `${service.name}/${pascal(name)}`,
      subject: subjectOf(service.name, request, caller.project),
    });
    const parts = { audit, call, actionOf, isRead: methodClass(name) === 'read' };
    const audited = requestStream
      ? responseStream
        ? auditedConversation(parts)
        : auditedUpload(parts)
      : responseStream
        ? auditedStream(parts)
        : auditedCall(parts);
    return [name, audited as V1Method] as const;
  });
  return { ...service, methods: Object.fromEntries(methods) };
}

interface Parts {
  readonly audit: RecordParts;
  readonly call: Call;
  readonly actionOf: (request: unknown, context: RequestContext) => Action;
  readonly isRead: boolean;
}

function auditedCall({ audit, call, actionOf, isRead }: Parts): Call {
  return async (request, context) => {
    const action = actionOf(request, context);
    // A dry run changes nothing.
    if (isRead || isDryRun(request)) return looked(audit, action, () => call(request, context));
    return audit.recorded(
      action,
      () => call(request, context),
      (answer) => subjectOfAnswer(answer, action.subject),
    );
  };
}

/** What streams answers only looks. */
function auditedStream({ audit, call, actionOf }: Parts) {
  return async function* (request: unknown, context: RequestContext): AsyncGenerator {
    const action = actionOf(request, context);
    await audit.read(action);
    try {
      yield* call(request, context) as AsyncIterable<unknown>;
    } catch (error) {
      if (isRefusal(error)) await audit.refused(action, error);
      throw error;
    }
  };
}

function auditedUpload({ audit, call, actionOf }: Parts) {
  return async (requests: AsyncIterable<unknown>, context: RequestContext): Promise<unknown> => {
    const { first, all } = await peeked(requests);
    const action = actionOf(openingOf(first), context);
    if (isDryRun(openingOf(first))) return looked(audit, action, () => call(all, context));
    return audit.recorded(
      action,
      () => call(all, context),
      (answer) => subjectOfAnswer(answer, action.subject),
    );
  };
}

/** Recorded is its first answer: that it was opened. */
function auditedConversation({ audit, call, actionOf }: Parts) {
  return async function* (requests: AsyncIterable<unknown>, context: RequestContext): AsyncGenerator {
    const { first, all } = await peeked(requests);
    const answers = (call(all, context) as AsyncIterable<unknown>)[Symbol.asyncIterator]();
    try {
      let next = await audit.recorded(actionOf(openingOf(first), context), () => answers.next());
      for (; next.done !== true; next = await answers.next()) yield next.value;
    } finally {
      await answers.return?.();
    }
  };
}

async function looked(audit: RecordParts, action: Action, work: () => unknown): Promise<unknown> {
  await audit.read(action);
  try {
    return await work();
  } catch (error) {
    if (isRefusal(error)) await audit.refused(action, error);
    throw error;
  }
}

/** The first message of a stream, and the stream as if it had not been read. */
async function peeked(
  messages: AsyncIterable<unknown>,
): Promise<{ readonly first: unknown; readonly all: AsyncIterable<unknown> }> {
  const iterator = messages[Symbol.asyncIterator]();
  const first = await iterator.next();
  const rest = { [Symbol.asyncIterator]: () => iterator };
  const all = async function* () {
    try {
      if (first.done === true) return;
      yield first.value;
      yield* rest;
    } finally {
      await iterator.return?.();
    }
  };
  return { first: first.done === true ? null : first.value, all: all() };
}

/** Streams say in their first message what they are about: `message: { $case: 'open', value: { instance } }`. */
function openingOf(first: unknown): unknown {
  if (typeof first !== 'object' || first === null) return null;
  const choice = (Object.values(first) as unknown[]).find((part) => valueOf(part, '$case') !== undefined);
  return valueOf(choice, 'value') ?? null;
}

function isDryRun(request: unknown): boolean {
  return valueOf(request, 'validateOnly') === true;
}

function valueOf(object: unknown, field: string): unknown {
  if (typeof object !== 'object' || object === null) return undefined;
  return (object as Readonly<Record<string, unknown>>)[field];
}

function pascal(name: string): string {
  return name.slice(0, 1).toUpperCase() + name.slice(1);
}
