import type { FieldError } from '../../spec/spec.ts';
import { InvalidFields } from '../../errors/invalid-fields.ts';
import type { GuestAgent } from '../../guest-agent/guest-agent.ts';
import {
  GuestFileMode,
  GuestsServiceClient,
  type ExecuteInGuestRequest,
  type GuestsServiceServer,
} from '../grpc/generated/protium/v1/guests.ts';
import type { FindInstance } from './find-instance.ts';
import { atMost } from './limits.ts';
import { v1Service, type V1Service } from './service.ts';

export interface GuestsSource {
  readonly agent: GuestAgent;
  readonly find: FindInstance;
}

const mostBytes = 1024 * 1024;
const defaultBytes = 256 * 1024;

/** protium.v1.GuestsService. */
export function guestsService({ agent, find }: GuestsSource): V1Service {
  const uuidOf = (named: string): string => find(named).uuid;
  return v1Service<GuestsServiceServer>(GuestsServiceClient, {
    pingGuest: async ({ instance }) => {
      const started = performance.now();
      await agent.ping(uuidOf(instance));
      return { durationMs: Math.round(performance.now() - started) };
    },
    getGuestInfo: async ({ instance }) => {
      const { hostname, os, timeZone, filesystems, agentVersion, agentCommands } = await agent.info(
        uuidOf(instance),
      );
      const told = Object.entries(os).flatMap(([name, value]) => (value === null ? [] : [[name, value]]));
      return {
        hostname: hostname ?? undefined,
        operatingSystem: Object.fromEntries(told) as object,
        timeZone: timeZone ?? undefined,
        filesystems: filesystems.map(({ totalBytes, usedBytes, disks, ...rest }) => ({
          ...rest,
          totalBytes: totalBytes ?? undefined,
          usedBytes: usedBytes ?? undefined,
          disks: [...disks],
        })),
        agentVersion,
        agentCommands: [...agentCommands],
      };
    },
    listGuestUsers: async ({ instance }) => ({
      users: (await agent.users(uuidOf(instance))).map(({ name, domain, loginAt }) => ({
        name,
        domain: domain ?? undefined,
        loginTime: dateOf(loginAt),
      })),
    }),
    executeInGuest: async (request, { signal }) => {
      const program = programOf(request);
      const uuid = uuidOf(request.instance);
      if (request.validateOnly) {
        await agent.ping(uuid);
        return nothingRun;
      }
      const end = await agent.execute(uuid, program, signal);
      return {
        exitCode: end.exitCode ?? undefined,
        signal: end.signal ?? undefined,
        output: end.output.bytes,
        errorOutput: end.errorOutput.bytes,
        outputTruncated: end.output.truncated,
        errorOutputTruncated: end.errorOutput.truncated,
      };
    },
    readGuestFile: async ({ instance, path, offset, maxBytes }) => {
      check('path', pathProblem(path));
      if (offset > BigInt(Number.MAX_SAFE_INTEGER)) check('offset', 'No file is so large.');
      const size = atMost('max_bytes', maxBytes, mostBytes, defaultBytes);
      const part = { path, offset: Number(offset), maxBytes: size };
      const { content, end } = await agent.readFile(uuidOf(instance), part);
      return { content, nextOffset: offset + BigInt(content.length), end };
    },
    writeGuestFile: async ({ instance, path, content, mode, validateOnly }) => {
      check('path', pathProblem(path));
      atMost('content (bytes)', content.length, mostBytes, 0);
      const append = appends(mode);
      const uuid = uuidOf(instance);
      if (validateOnly) {
        await agent.ping(uuid);
        return { writtenBytes: 0 };
      }
      await agent.writeFile(uuid, { path, content, append });
      return { writtenBytes: content.length };
    },
    freezeGuestFilesystems: async ({ instance, mountpoints, timeoutSeconds, validateOnly }) => {
      const seconds = atMost('timeout_seconds', timeoutSeconds, 600, 60);
      for (const mountpoint of mountpoints) check('mountpoints', pathProblem(mountpoint));
      const uuid = uuidOf(instance);
      if (validateOnly) {
        await agent.ping(uuid);
        return { filesystems: 0, thawTime: undefined };
      }
      const { filesystems, thawAt } = await agent.freeze(uuid, mountpoints, seconds * 1000);
      return { filesystems, thawTime: new Date(thawAt) };
    },
    thawGuestFilesystems: async ({ instance, validateOnly }) => {
      const uuid = uuidOf(instance);
      if (!validateOnly) return { filesystems: await agent.thaw(uuid) };
      await agent.ping(uuid);
      return { filesystems: 0 };
    },
    setGuestPassword: async ({ instance, user, password, hashed, validateOnly }) => {
      check('user', textProblem(user, 256));
      check('password', textProblem(password, 1024));
      const uuid = uuidOf(instance);
      if (validateOnly) await agent.ping(uuid);
      else await agent.setPassword(uuid, user, password, hashed);
      return {};
    },
  });
}

const nothingRun = {
  output: Buffer.alloc(0),
  errorOutput: Buffer.alloc(0),
  outputTruncated: false,
  errorOutputTruncated: false,
};

function programOf(request: ExecuteInGuestRequest): Parameters<GuestAgent['execute']>[1] {
  check('path', request.path === '' ? 'Which program is to be run?' : textProblem(request.path, 4096));
  if (request.environment.some((entry) => !/^[^=\0]+=/.test(entry)))
    check('environment', 'NAME=value, each.');
  atMost('input (bytes)', request.input.length, mostBytes, 0);
  // The agent takes them as one list of a text that libvirt carries.
  const textBytes = [...request.arguments, ...request.environment].reduce(
    (sum, text) => sum + text.length,
    0,
  );
  atMost('arguments and environment (bytes)', textBytes, mostBytes, 0);
  return {
    path: request.path,
    arguments: request.arguments,
    environment: request.environment,
    input: request.input,
    timeoutMs: atMost('timeout_seconds', request.timeoutSeconds, 3600, 60) * 1000,
    captureOutput: !request.discardOutput,
    maxOutputBytes: atMost('max_output_bytes', request.maxOutputBytes, mostBytes, defaultBytes),
  };
}

function appends(mode: GuestFileMode): boolean {
  switch (mode) {
    case GuestFileMode.GUEST_FILE_MODE_UNSPECIFIED:
    case GuestFileMode.GUEST_FILE_MODE_TRUNCATE:
      return false;
    case GuestFileMode.GUEST_FILE_MODE_APPEND:
      return true;
    default:
      return check('mode', `${mode} is no mode.`);
  }
}

/** A path in a guest, of Unix or Windows. */
function pathProblem(path: string): FieldError['message'] | null {
  if (!/^(?:\/|[A-Za-z]:[\\/]|\\\\)/.test(path)) return 'An absolute path in the guest.';
  return textProblem(path, 4096);
}

function textProblem(text: string, most: number): string | null {
  if (text === '') return 'It is empty.';
  if (text.length > most) return `At most ${most} characters.`;
  return text.includes('\0') ? 'It has a NUL character.' : null;
}

function check(path: string, problem: string): never;
function check(path: string, problem: string | null): void;
function check(path: string, problem: string | null): void {
  if (problem !== null) throw new InvalidFields([{ path, message: problem }]);
}

/** What a guest says may be no date at all. */
function dateOf(milliseconds: number): Date | undefined {
  const date = new Date(milliseconds);
  return Number.isNaN(date.getTime()) ? undefined : date;
}
