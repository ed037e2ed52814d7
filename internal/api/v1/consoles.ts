import type { Console as Found, ConsoleChoice, ConsoleKind as Kind } from '../../consoles/console.ts';
import type { Consoles } from '../../consoles/consoles.ts';
import { ProtiumError } from '../../errors/protium-error.ts';
import {
  ConsoleKind,
  ConsolesServiceClient,
  type AttachConsoleRequest,
  type Console,
  type ConsoleOpening,
  type ConsolesServiceServer,
} from '../grpc/generated/protium/v1/consoles.ts';
import { relayConsole } from './console-relay.ts';
import type { FindInstance } from './find-instance.ts';
import { atMost } from './limits.ts';
import { v1Service, type V1Service } from './service.ts';

export interface ConsolesSource {
  readonly consoles: Consoles;
  readonly find: FindInstance;
  /** Where HTTP is served, e.g. `http://127.0.0.1:9021`. */
  readonly httpOrigins: () => readonly string[];
}

/** Where the WebSocket of consoles is, and the page that uses it. */
export const consoleSocketPath = '/v1/console';
const consolePagePath = '/console';

const mostBytes = 1024 * 1024;
const defaultBytes = 64 * 1024;

/** protium.v1.ConsolesService. */
export function consolesService({ consoles, find, httpOrigins }: ConsolesSource): V1Service {
  const choiceOf = (opening: ConsoleOpening): ConsoleChoice => ({
    uuid: find(opening.instance).uuid,
    kind: kindOf(opening.kind),
    device: opening.device,
    force: opening.force,
    scrollbackBytes: atMost('scrollback_bytes', opening.scrollbackBytes, mostBytes, 0),
  });
  const sizeOf = (request: { readonly maxBytes: number; readonly maxLines: number }) => ({
    maxBytes: atMost('max_bytes', request.maxBytes, mostBytes, defaultBytes),
    maxLines: request.maxLines,
  });
  return v1Service<ConsolesServiceServer>(ConsolesServiceClient, {
    listConsoles: async ({ instance }) => ({
      consoles: (await consoles.list(find(instance).uuid)).map(encodeConsole),
    }),
    createConsoleTicket: async (request, { caller }) => {
      const choice = choiceOf(request);
      const paths = { websocketPath: consoleSocketPath, httpOrigins: [...httpOrigins()] };
      if (request.validateOnly) {
        await consoles.check(choice);
        return { ...paths, ticket: '', pagePath: '', expireTime: undefined };
      }
      const { ticket, expiresAt } = await consoles.issueTicket(choice, caller);
      const { domain } = find(request.instance);
      const fragment = new URLSearchParams({ kind: choice.kind, instance: domain, ticket });
      return {
        ...paths,
        ticket,
        pagePath: `${consolePagePath}#${fragment.toString()}`,
        expireTime: new Date(expiresAt),
      };
    },
    getConsoleLog: async (request) => {
      const { uuid } = find(request.instance);
      const { content, logBytes, truncated } = await consoles.logTail(uuid, request.device, sizeOf(request));
      return { content, logBytes: BigInt(logBytes), truncated };
    },
    watchConsoleLog: async function* (request, { signal }) {
      const { uuid } = find(request.instance);
      const added = consoles.followLog(uuid, request.device, sizeOf(request), signal);
      for await (const content of added) yield { content };
    },
    takeScreenshot: async ({ instance, screen }) => ({
      image: await consoles.screenshot(find(instance).uuid, screen),
      contentType: 'image/png',
    }),
    attachConsole: async function* (requests, { signal }) {
      const messages = requests[Symbol.asyncIterator]();
      const first = await messages.next();
      const opening = first.done === true ? undefined : first.value.message;
      if (opening?.$case !== 'open') throw unopened();
      const open = await consoles.open(choiceOf(opening.value));
      yield { message: { $case: 'opened', value: { uuid: open.uuid, device: open.device } } };
      const relay = relayConsole(open, bytesOf(messages), signal);
      let read = await relay.next();
      for (; read.done !== true; read = await relay.next()) {
        yield { message: { $case: 'data', value: Buffer.from(read.value) } };
      }
      const ended = read.value ?? { reason: 'lost', message: 'The console was closed.' };
      yield { message: { $case: 'ended', value: { ...ended } } };
    },
  });
}

async function* bytesOf(messages: AsyncIterator<AttachConsoleRequest>): AsyncGenerator<Uint8Array> {
  for (let next = await messages.next(); next.done !== true; next = await messages.next()) {
    const { message } = next.value;
    if (message?.$case !== 'data') throw unopened();
    yield message.value;
  }
}

function unopened(): ProtiumError {
  return new ProtiumError('argument-invalid', 'The first message says what to open, all others are data.');
}

function kindOf(kind: ConsoleKind): Kind {
  switch (kind) {
    case ConsoleKind.CONSOLE_KIND_UNSPECIFIED:
    case ConsoleKind.CONSOLE_KIND_SERIAL:
      return 'serial';
    case ConsoleKind.CONSOLE_KIND_VNC:
      return 'vnc';
    default:
      throw new ProtiumError('argument-invalid', `${kind} is no kind of console.`, {
        details: { field: 'kind', value: kind },
      });
  }
}

const kinds: Readonly<Record<Kind, ConsoleKind>> = {
  serial: ConsoleKind.CONSOLE_KIND_SERIAL,
  vnc: ConsoleKind.CONSOLE_KIND_VNC,
};

function encodeConsole({ kind, device, obstacle, viewers, logged }: Found): Console {
  return {
    kind: kinds[kind],
    device,
    available: obstacle === null,
    reason: obstacle ?? undefined,
    viewers,
    logged,
  };
}
