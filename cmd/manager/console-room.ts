import { createConsoleSockets, type ConsoleSockets } from '../../internal/api/http/console/socket.ts';
import type { FindInstance } from '../../internal/api/v1/find-instance.ts';
import type { V1Sources } from '../../internal/api/v1/services.ts';
import type { Audit } from '../../internal/audit/audit.ts';
import { createConsoles } from '../../internal/consoles/consoles.ts';
import { ProtiumError } from '../../internal/errors/protium-error.ts';
import { createAgentChannel } from '../../internal/guest-agent/agent-channel.ts';
import { createFreezing } from '../../internal/guest-agent/freezing.ts';
import { createFrozenGuests } from '../../internal/guest-agent/frozen-guests.ts';
import { createGuestAgent, type GuestAgent } from '../../internal/guest-agent/guest-agent.ts';
import type { LibvirtClient } from '../../internal/libvirt/client.ts';
import type { LiveView } from '../../internal/libvirt/live-view/live-view.ts';
import type { Logger } from '../../internal/observability/log.ts';
import type { Database } from '../../internal/store/database.ts';

export interface ConsoleRoom {
  readonly sockets: ConsoleSockets;
  readonly agent: GuestAgent;
  readonly services: Pick<V1Sources, 'consoles' | 'guests'>;
  /** Sees to the guests that an earlier run left frozen. */
  start(): void;
  /** Ends the consoles, and thaws guests. */
  stop(graceMs: number): Promise<void>;
}

/** Of the grace: the rest is for the operations. */
const mostGraceMs = 3000;

/** Wires the room of consoles, and of the agents in guests. */
export function createConsoleRoom({
  client,
  view,
  database,
  audit,
  names,
  find,
  httpOrigins,
  log,
}: {
  readonly client: LibvirtClient;
  readonly view: LiveView;
  readonly database: Database;
  readonly audit: Audit;
  /** As Config.httpNames. */
  readonly names: readonly string[];
  readonly find: FindInstance;
  readonly httpOrigins: () => readonly string[];
  readonly log: Logger;
}): ConsoleRoom {
  const consoles = createConsoles({ client, view });
  const sockets = createConsoleSockets({ consoles, audit, names, log });
  const channel = createAgentChannel({
    client,
    domain: (uuid) => {
      if (view.status().ageMs !== null) return view.domain(uuid);
      throw new ProtiumError('libvirt-unavailable', 'libvirt was not read yet.');
    },
  });
  const freezing = createFreezing({ client, channel, frozen: createFrozenGuests(database), log });
  const agent = createGuestAgent({ client, channel, freezing });
  return {
    sockets,
    agent,
    services: { consoles: { consoles, find, httpOrigins }, guests: { agent, find } },
    start: () => freezing.resume(),
    async stop(graceMs) {
      const atMost = Math.min(graceMs, mostGraceMs);
      consoles.stop();
      await Promise.all([sockets.stop(atMost), freezing.stop(atMost)]);
    },
  };
}
