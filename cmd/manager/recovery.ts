import { fromLibvirt } from '../../internal/errors/from-libvirt.ts';
import type { LibvirtClient } from '../../internal/libvirt/client.ts';
import type { Logger } from '../../internal/observability/log.ts';
import type { Operations } from '../../internal/operations/operations.ts';

export interface Recovery {
  /**
   * Resolves when what an earlier daemon left unfinished is carried on or taken back. Rejects at once, with
   * `libvirt-unavailable`, while libvirt cannot be reached and it therefore cannot be.
   */
  ready(): Promise<void>;
  stop(): void;
}

/** Recovers the journal as soon as libvirt is connected for the first time: undoing needs it. */
export function recoverWhenConnected(options: {
  readonly client: LibvirtClient;
  readonly operations: Operations;
  readonly log: Logger;
  /** Called at every connect, the first included. */
  readonly onConnected: () => void;
}): Recovery {
  const { client, operations, log, onConnected } = options;
  let settle: () => void = () => undefined;
  let begun = false;
  let settled = false;
  const recovered = new Promise<void>((resolve) => {
    settle = resolve;
  });

  const recover = async (): Promise<void> => {
    try {
      const report = await operations.recover();
      if (report.resumed.length + report.undone.length > 0) {
        log.info(
          { resumed: report.resumed, undone: report.undone },
          'settled what the last run left unfinished',
        );
      }
      for (const { id, error } of report.unresolved)
        log.error({ operation: id, err: error }, 'something is left behind');
    } catch (error) {
      log.error({ err: error }, 'could not settle what the last run left unfinished');
    } finally {
      settled = true;
      settle();
    }
  };

  const stop = client.events.onConnection(({ state }) => {
    if (state !== 'connected') return;
    onConnected();
    if (begun) return;
    begun = true;
    void recover();
  });
  return {
    async ready() {
      if (settled) return;
      if (!begun) {
        try {
          await client.host.ping({ deadlineMs: 10_000 });
        } catch (error) {
          throw fromLibvirt(error, 'start');
        }
      }
      await recovered;
    },
    stop,
  };
}
