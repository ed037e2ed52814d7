import { ProtiumError } from '../errors/protium-error.ts';
import type { LibvirtClient } from '../libvirt/client.ts';
import type { Logger } from '../observability/log.ts';
import type { AgentChannel } from './agent-channel.ts';
import type { FrozenGuests } from './frozen-guests.ts';

export interface Freezing {
  /** Rejects with `state-conflict` when it is frozen already. */
  freeze(
    uuid: string,
    mountpoints: readonly string[],
    timeoutMs: number,
  ): Promise<{ readonly filesystems: number; readonly thawAt: number }>;
  /** How many were thawed. */
  thaw(uuid: string): Promise<number>;
  /** Sees to what an earlier run of the daemon left frozen. */
  resume(): void;
  /** Thaws all, for as long as `graceMs`; what is left is thawed by the next run. */
  stop(graceMs: number): Promise<void>;
}

/** A thaw that failed is tried again after so long. */
const retryMs = 5000;
const freezeMs = 60_000;

/**
 * Freezes file systems of guests, and thaws them when their time is up. The deadline is on disk before anything is frozen: a
 * crash of the daemon leaves no guest frozen for longer than until its next start.
 */
export function createFreezing({
  client,
  channel,
  frozen,
  log,
  now = Date.now,
}: {
  readonly client: Pick<LibvirtClient, 'domains'>;
  readonly channel: AgentChannel;
  readonly frozen: FrozenGuests;
  readonly log: Logger;
  readonly now?: () => number;
}): Freezing {
  const timers = new Map<string, NodeJS.Timeout>();

  const forget = (uuid: string): void => {
    clearTimeout(timers.get(uuid));
    timers.delete(uuid);
    frozen.remove(uuid);
  };
  const thaw = async (uuid: string): Promise<number> => {
    const count = await channel.ask(uuid, 'to thaw', (domain) => client.domains.thawFilesystems(domain, []));
    forget(uuid);
    return count;
  };
  const thawWhenDue = (uuid: string, inMs: number): void => {
    clearTimeout(timers.get(uuid));
    const timer = setTimeout(() => {
      thaw(uuid).then(
        (filesystems) => log.warn({ uuid, filesystems }, 'thawed a guest that its client left frozen'),
        (error: unknown) => {
          if (isOver(error)) forget(uuid);
          else {
            log.error({ uuid, err: error }, 'a guest could not be thawed; trying again');
            thawWhenDue(uuid, retryMs);
          }
        },
      );
    }, inMs);
    timers.set(uuid, timer);
  };

  return {
    async freeze(uuid, mountpoints, timeoutMs) {
      const until = frozen.thawAt(uuid);
      if (until !== undefined) {
        throw new ProtiumError(
          'state-conflict',
          `Its file systems are frozen already, until ${new Date(until).toISOString()} at the latest. Thaw them first.`,
          { details: { uuid } },
        );
      }
      const thawAt = now() + timeoutMs;
      frozen.put(uuid, thawAt);
      thawWhenDue(uuid, timeoutMs);
      try {
        const filesystems = await channel.ask(uuid, 'to freeze', (domain) =>
          client.domains.freezeFilesystems(domain, mountpoints, { deadlineMs: freezeMs }),
        );
        return { filesystems, thawAt };
      } catch (error) {
        // Some may be frozen, or be frozen later: nobody knows.
        if (isOver(error)) forget(uuid);
        else await thaw(uuid).catch(() => thawWhenDue(uuid, retryMs));
        throw error;
      }
    },
    thaw,
    resume() {
      for (const { uuid, thawAt } of frozen.all()) thawWhenDue(uuid, Math.max(0, thawAt - now()));
    },
    async stop(graceMs) {
      for (const timer of timers.values()) clearTimeout(timer);
      timers.clear();
      let late: NodeJS.Timeout | undefined;
      await Promise.race([
        Promise.allSettled(frozen.all().map(({ uuid }) => thaw(uuid))),
        new Promise((resolve) => (late = setTimeout(resolve, graceMs))),
      ]);
      clearTimeout(late);
    },
  };
}

/** A guest that is off, gone, or has no agent has nothing frozen. */
function isOver(error: unknown): boolean {
  return (
    error instanceof ProtiumError && ['state-conflict', 'not-found', 'agent-missing'].includes(error.code)
  );
}
