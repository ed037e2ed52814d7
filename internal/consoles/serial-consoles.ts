import { setTimeout } from 'node:timers/promises';
import { fromLibvirt } from '../errors/from-libvirt.ts';
import { ProtiumError } from '../errors/protium-error.ts';
import type { LibvirtClient } from '../libvirt/client.ts';
import { virError } from '../libvirt/error-code.ts';
import { LibvirtConnectionError, LibvirtError } from '../libvirt/error.ts';
import type { DomainRef } from '../libvirt/objects.ts';
import type { ConsoleEnding } from './console.ts';
import { SharedStream, type Viewer } from './shared-stream.ts';

export interface SerialConsoles {
  /** Opens a serial console, or joins those who have it open. Rejects with `resource-in-use`, `state-conflict`. */
  join(
    domain: DomainRef,
    device: string,
    force: boolean,
  ): Promise<{ readonly viewer: Viewer; readonly history: Buffer }>;
  viewers(uuid: string, device: string): number;
  /** Ends all of them. */
  close(ending: ConsoleEnding): void;
}

export interface SerialConsolesOptions {
  readonly client: Pick<LibvirtClient, 'domains'>;
  readonly historyBytes: number;
  /** Default: 10 s. */
  readonly stallMs?: number;
  /** Resolves true as soon as the run of the domain is over, false when it goes on. */
  readonly hasEnded: (domain: DomainRef) => Promise<boolean>;
}

/** The serial consoles that are open: one stream of libvirt each, which gives a console to one client at a time. */
export function createSerialConsoles(options: SerialConsolesOptions): SerialConsoles {
  const { client, historyBytes, stallMs = 10_000, hasEnded } = options;
  const opening = new Map<string, Promise<SharedStream>>();
  const open = new Map<string, SharedStream>();
  let closed: ConsoleEnding | null = null;

  const shared = async (key: string, domain: DomainRef, device: string, force: boolean) => {
    const source = await openSource(client, domain, device, force);
    const stream = new SharedStream(source, {
      historyBytes,
      stallMs,
      explain: (error) => explain(error, domain, hasEnded),
      onClose: () => open.delete(key),
    });
    open.set(key, stream);
    return stream;
  };

  return {
    async join(domain, device, force) {
      const key = keyOf(domain.uuid, device);
      for (;;) {
        if (closed !== null) throw new ProtiumError('interrupted', closed.message);
        const joined = open.get(key)?.join();
        if (joined !== undefined) return joined;
        let underway = opening.get(key);
        if (underway === undefined) {
          underway = shared(key, domain, device, force).finally(() => opening.delete(key));
          opening.set(key, underway);
        }
        const made = (await underway).join();
        if (made !== undefined) return made;
      }
    },
    viewers: (uuid, device) => open.get(keyOf(uuid, device))?.viewers ?? 0,
    close(ending) {
      closed = ending;
      for (const stream of [...open.values()]) stream.close(ending);
    },
  };
}

const keyOf = (uuid: string, device: string): string => `${uuid}/${device}`;

/** libvirt takes a moment to notice that we have left the console ourselves. */
const busyPausesMs = [100, 200, 400];

async function openSource(
  client: Pick<LibvirtClient, 'domains'>,
  domain: DomainRef,
  device: string,
  force: boolean,
) {
  for (const pauseMs of [...busyPausesMs, null]) {
    try {
      return await client.domains.openConsole(domain, { device, force });
    } catch (error) {
      const busy = error instanceof LibvirtError && error.code === virError.operationFailed;
      if (!busy) throw fromLibvirt(error, `open the console ${device} of "${domain.name}"`);
      if (pauseMs === null) {
        throw new ProtiumError(
          'resource-in-use',
          `Another program, such as virsh console or virt-manager, has the console ${device} of "${domain.name}" open. ` +
            'Close it there, or take it with force.',
          { details: { uuid: domain.uuid, device }, cause: error },
        );
      }
      await setTimeout(pauseMs);
    }
  }
  throw new Error('unreachable');
}

async function explain(
  error: Error | null,
  domain: DomainRef,
  hasEnded: SerialConsolesOptions['hasEnded'],
): Promise<ConsoleEnding> {
  if (error instanceof LibvirtConnectionError) {
    return { reason: 'lost', message: 'The connection to libvirt was lost. Open the console again.' };
  }
  if (await hasEnded(domain)) return { reason: 'guest-ended', message: 'The VM was switched off.' };
  return { reason: 'taken-over', message: 'Another program took the console over.' };
}
