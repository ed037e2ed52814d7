import { fromLibvirt } from '../../internal/errors/from-libvirt.ts';
import type { LibvirtClient } from '../../internal/libvirt/client.ts';
import type { Logger } from '../../internal/observability/log.ts';
import { isFinal } from '../../internal/operations/model.ts';
import type { Operations } from '../../internal/operations/operations.ts';

export interface Recovery {
  /**
   * Resolves when nothing is left of what a crash, or a loss of libvirt, interrupted: it is carried on or taken back
   * first, so that a new operation never meets a half of an old one. Rejects with `libvirt-unavailable` while libvirt
   * cannot be reached.
   */
  ready(): Promise<void>;
  /** Nothing is known to be left unfinished. */
  isSettled(): boolean;
  stop(): void;
}

/** Settles the journal at the first connect, and again whenever something could not be undone. */
export function createRecovery(options: {
  readonly client: LibvirtClient;
  readonly operations: Operations;
  readonly log: Logger;
}): Recovery {
  const { client, operations, log } = options;
  /** Something in the journal may wait to be settled; at the start nobody knows. */
  let unsettled = true;
  let settling: Promise<void> | null = null;

  const settle = async (): Promise<void> => {
    unsettled = false;
    const { resumed, undone, unresolved } = await operations.recover().catch((error: unknown) => {
      unsettled = true;
      throw error;
    });
    if (resumed.length + undone.length > 0) log.info({ resumed, undone }, 'settled what was left unfinished');
    for (const { id, error } of unresolved) {
      unsettled = true;
      log.error(
        { operation: id, err: error },
        'something is left behind; it is tried again at the next chance',
      );
    }
  };
  const settleOnce = (): Promise<void> => {
    settling ??= settle().finally(() => {
      settling = null;
    });
    return settling;
  };

  const unwatch = operations.watch(null, (record) => {
    if (isFinal(record.state) && record.steps.some(({ state }) => state === 'undo-failed')) unsettled = true;
  });
  const unsubscribe = client.events.onConnection(({ state }) => {
    if (state !== 'connected' || !unsettled) return;
    settleOnce().catch((error: unknown) => {
      log.error({ err: error }, 'could not settle what was left unfinished');
    });
  });
  return {
    async ready() {
      if (settling === null && !unsettled) return;
      try {
        await client.host.ping({ deadlineMs: 10_000 });
      } catch (error) {
        throw fromLibvirt(error, 'begin');
      }
      await settleOnce();
    },
    isSettled: () => settling === null && !unsettled,
    stop() {
      unwatch();
      unsubscribe();
    },
  };
}
