import { z } from 'zod';
import type { LibvirtClient } from '../libvirt/client.ts';
import type { AgentChannel } from './agent-channel.ts';
import { executeInGuest, type GuestProgram, type GuestProgramEnd } from './execute.ts';
import { readGuestFile, writeGuestFile, type FilePart } from './files.ts';
import type { Freezing } from './freezing.ts';
import { guestFacts, type GuestFacts } from './guest-facts.ts';

/** The use cases of guests, by the agent in them; a guest is named by its VM's uuid. Errors as AgentChannel has them. */
export interface GuestAgent extends Pick<Freezing, 'freeze' | 'thaw'> {
  ping(uuid: string): Promise<void>;
  info(
    uuid: string,
  ): Promise<GuestFacts & { readonly agentVersion: string; readonly agentCommands: readonly string[] }>;
  users(uuid: string): Promise<readonly GuestUser[]>;
  execute(uuid: string, program: GuestProgram, signal: AbortSignal): Promise<GuestProgramEnd>;
  readFile(uuid: string, part: Parameters<typeof readGuestFile>[2]): Promise<FilePart>;
  writeFile(uuid: string, file: Parameters<typeof writeGuestFile>[2]): Promise<void>;
  setPassword(uuid: string, user: string, password: string, hashed: boolean): Promise<void>;
}

/** Somebody who is logged in. */
export interface GuestUser {
  readonly name: string;
  readonly domain: string | null;
  /** Milliseconds since 1970. */
  readonly loginAt: number;
}

const agentInfo = z.object({
  version: z.string(),
  supported_commands: z.array(z.object({ name: z.string(), enabled: z.boolean() })),
});
const loggedIn = z.array(
  z.object({ user: z.string(), domain: z.string().optional(), 'login-time': z.number() }),
);

export function createGuestAgent({
  client,
  channel,
  freezing,
}: {
  readonly client: Pick<LibvirtClient, 'domains'>;
  readonly channel: AgentChannel;
  readonly freezing: Pick<Freezing, 'freeze' | 'thaw'>;
}): GuestAgent {
  return {
    async ping(uuid) {
      await channel.command(uuid, { execute: 'guest-ping', answer: z.unknown(), timeoutSeconds: 5 });
    },
    async info(uuid) {
      const { version, supported_commands: commands } = await channel.command(uuid, {
        execute: 'guest-info',
        answer: agentInfo,
      });
      const told = await channel.ask(uuid, 'for what it is', (domain) => client.domains.guestInfo(domain));
      return {
        ...guestFacts(told),
        agentVersion: version,
        agentCommands: commands.flatMap(({ name, enabled }) => (enabled ? name : [])).sort(),
      };
    },
    async users(uuid) {
      const users = await channel.command(uuid, { execute: 'guest-get-users', answer: loggedIn });
      return users.map(({ user, domain, 'login-time': seconds }) => ({
        name: user,
        domain: domain ?? null,
        loginAt: Math.round(seconds * 1000),
      }));
    },
    execute: (uuid, program, signal) => executeInGuest(channel, uuid, program, signal),
    readFile: (uuid, part) => readGuestFile(channel, uuid, part),
    writeFile: (uuid, file) => writeGuestFile(channel, uuid, file),
    setPassword: (uuid, user, password, hashed) =>
      channel.ask(uuid, 'to set a password', (domain) =>
        client.domains.setUserPassword(domain, user, password, { encrypted: hashed }),
      ),
    freeze: (uuid, mountpoints, timeoutMs) => freezing.freeze(uuid, mountpoints, timeoutMs),
    thaw: (uuid) => freezing.thaw(uuid),
  };
}
