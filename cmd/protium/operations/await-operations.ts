import type { Operation } from '../../../internal/api/grpc/generated/protium/v1/operations.ts';
import { Failure } from '../failure.ts';
import { progressLine } from './progress-line.ts';
import { followOperation } from './follow.ts';
import type { Session } from '../session.ts';

/** An operation that has begun, and the instance that it is about. */
export interface Begun {
  readonly subject: string;
  readonly operation: Operation;
}

/**
 * All operations when they have ended, in order, with their progress on the terminal. Ctrl-C leaves them alone, and says
 * how to find them again.
 */
export async function awaitOperations(
  session: Pick<Session, 'daemon' | 'output' | 'interrupted' | 'catchInterrupts'>,
  begun: readonly Begun[],
): Promise<readonly Operation[]> {
  const { daemon, output, interrupted: signal } = session;
  const standing = new Map(begun.map(({ operation, subject }) => [operation.id, { subject, operation }]));
  session.catchInterrupts();
  try {
    return await Promise.all(
      begun.map(({ subject, operation }) =>
        followOperation(daemon, operation, {
          signal,
          changed: (changed) => {
            standing.set(changed.id, { subject, operation: changed });
            output.progress(progressLine([...standing.values()]));
          },
        }),
      ),
    );
  } catch (error) {
    const left = [...standing.values()].filter(({ operation }) => operation.endTime === undefined);
    throw signal.aborted ? interruption(left) : error;
  } finally {
    output.endProgress();
  }
}

function interruption(left: readonly Begun[]): Failure {
  const ids = left.map(({ operation }) => operation.id);
  const goesOn = left.length === 1 ? 'The operation goes on' : `${left.length} operations go on`;
  return new Failure('interrupted', `${goesOn} without this program.`, {
    exit: 'interrupted',
    reasons: ids.flatMap((id) => [
      `follow it: protium operation watch ${id}`,
      `cancel it: protium operation cancel ${id}`,
    ]),
    details: { operations: ids },
  });
}
