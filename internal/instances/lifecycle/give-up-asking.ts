import { ProtiumError } from '../../errors/protium-error.ts';
import type { Operations } from '../../operations/operations.ts';

/** Cancels stops of the instance that still ask its guest: who pulls the plug does not wait for them. */
export async function giveUpAsking(
  operations: Pick<Operations, 'list' | 'cancel'>,
  uuid: string,
): Promise<void> {
  const asking = operations.list({
    kind: 'instance.stop',
    resource: `instance/${uuid}`,
    state: ['queued', 'running'],
  });
  for (const { id } of asking.operations) {
    try {
      await operations.cancel(id);
    } catch (error) {
      // It is past that, and nearly done.
      if (!(error instanceof ProtiumError && error.code === 'state-conflict')) throw error;
    }
  }
}
