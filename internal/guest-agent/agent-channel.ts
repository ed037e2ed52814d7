import { z } from 'zod';
import { fromLibvirt } from '../errors/from-libvirt.ts';
import { ProtiumError } from '../errors/protium-error.ts';
import type { LibvirtClient } from '../libvirt/client.ts';
import { virError } from '../libvirt/error-code.ts';
import { LibvirtError, LibvirtTimeoutError } from '../libvirt/error.ts';
import type { DomainView } from '../libvirt/live-view/views.ts';
import type { DomainRef } from '../libvirt/objects.ts';
import { createKeyedLock } from '../operations/keyed-lock.ts';

/** What is needed of a domain to know whether its agent can be asked. */
export type AgentDomain = Pick<DomainView, 'name' | 'uuid' | 'id' | 'agentConnected'>;

export interface AgentChannel {
  /**
   * Sends one command to the agent and resolves with its `return`.
   * Rejects with `state-conflict`, `agent-missing`, `agent-unresponsive`, `guest-refused`, `not-found`.
   */
  command<Answer>(uuid: string, command: AgentCommand<Answer>, signal?: AbortSignal): Promise<Answer>;
  /** The same for what libvirt itself asks the agent. */
  ask<Answer>(
    uuid: string,
    doing: string,
    call: (domain: DomainRef) => Promise<Answer>,
    signal?: AbortSignal,
  ): Promise<Answer>;
}

export interface AgentCommand<Answer> {
  /** e.g. `guest-ping`. */
  readonly execute: string;
  readonly arguments?: Readonly<Record<string, unknown>>;
  /** What the agent must answer: what is in the guest may be hostile. */
  readonly answer: z.ZodType<Answer>;
  /** How long the agent may take. Default: 10. */
  readonly timeoutSeconds?: number;
}

const defaultTimeoutSeconds = 10;
/** Agents that hang must not use up the calls that libvirt serves at a time. */
const atOnce = 4;

/** One command at a time to each guest: libvirt lets the others wait as well, but holds a call for each. */
export function createAgentChannel({
  client,
  domain: find,
}: {
  readonly client: Pick<LibvirtClient, 'domains'>;
  readonly domain: (uuid: string) => AgentDomain | undefined;
}): AgentChannel {
  const guests = createKeyedLock();
  const places = createPlaces(atOnce);

  const ask: AgentChannel['ask'] = (uuid, doing, call, signal) =>
    guests.run(
      [uuid],
      () =>
        places(async () => {
          signal?.throwIfAborted();
          const domain = askable(uuid, find(uuid));
          try {
            return await call(domain);
          } catch (error) {
            throw agentError(error, doing, domain.name);
          }
        }),
      signal === undefined ? {} : { signal },
    );

  return {
    ask,
    command: (uuid, { execute, arguments: values, answer, timeoutSeconds = defaultTimeoutSeconds }, signal) =>
      ask(
        uuid,
        execute,
        async (domain) => {
          const text = JSON.stringify({ execute, ...(values === undefined ? {} : { arguments: values }) });
          return returned(
            await client.domains.agentCommand(domain, text, { timeoutSeconds }),
            answer,
            execute,
          );
        },
        signal,
      ),
  };
}

function askable(uuid: string, domain: AgentDomain | undefined): DomainRef {
  if (domain === undefined) throw new ProtiumError('not-found', 'The VM is gone.', { details: { uuid } });
  const { name, id, agentConnected } = domain;
  if (id === null) throw new ProtiumError('state-conflict', `"${name}" is off. Start it first.`);
  if (agentConnected !== null) return { name, uuid, id };
  throw new ProtiumError(
    'agent-missing',
    `"${name}" has no channel for a guest agent: it was made without ("qemuAgent": false).`,
    { details: { uuid } },
  );
}

/** Where libvirt gives no code of its own, the agent, or libvirt for it, said no. */
function agentError(error: unknown, doing: string, name: string): ProtiumError {
  const silent =
    error instanceof LibvirtTimeoutError || (error instanceof LibvirtError && silentCodes.has(error.code));
  if (silent) {
    return new ProtiumError(
      'agent-unresponsive',
      `The guest agent of "${name}" does not answer (${error.message}). Has the guest booted, and does qemu-guest-agent run in it?`,
      { cause: error },
    );
  }
  if (error instanceof LibvirtError && error.code === virError.internalError) {
    return new ProtiumError(
      'guest-refused',
      `The guest agent of "${name}" refused ${doing}: ${error.message}`,
      {
        cause: error,
        details: { libvirtMessage: error.message },
      },
    );
  }
  return fromLibvirt(error, `ask the guest agent of "${name}" (${doing})`);
}

const silentCodes: ReadonlySet<number> = new Set([
  virError.agentUnresponsive,
  virError.agentUnsynced,
  virError.operationTimeout,
]);

function returned<Answer>(text: string, answer: z.ZodType<Answer>, execute: string): Answer {
  try {
    return z.object({ return: answer }).parse(JSON.parse(text)).return;
  } catch (error) {
    throw new ProtiumError(
      'guest-refused',
      `The guest agent answered ${execute} with something else than it should.`,
      {
        cause: error,
      },
    );
  }
}

/** Lets so many run at a time, in the order of asking. */
function createPlaces(most: number): <T>(work: () => Promise<T>) => Promise<T> {
  let running = 0;
  const waiting: (() => void)[] = [];
  return async (work) => {
    if (running >= most) await new Promise<void>((resolve) => waiting.push(resolve));
    else running += 1;
    try {
      return await work();
    } finally {
      const next = waiting.shift();
      if (next === undefined) running -= 1;
      else next();
    }
  };
}
