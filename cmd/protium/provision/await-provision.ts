import { setTimeout as pause } from 'node:timers/promises';
import {
  ProvisionsServiceService,
  type Provision,
} from '../../../internal/api/grpc/generated/protium/v1/provisions.ts';
import { Failure } from '../failure.ts';
import type { Session } from '../session.ts';

const everyMs = 500;

/** The provision once it is ready. Ctrl-C leaves it alone, and says how to find it again. */
export async function awaitProvision(session: Session, begun: Provision): Promise<Provision> {
  const { daemon, output, interrupted: signal } = session;
  const { id, name } = begun;
  session.catchInterrupts();
  try {
    for (let current = begun; ;) {
      if (current.state === 'ready' || current.state === 'ended') return current;
      if (current.state === 'failed' || current.state === 'cancelled') throw notReady(current);
      output.progress(`${name}: ${current.progress}`);
      await pause(everyMs, undefined, { signal });
      const answer = await daemon.call(ProvisionsServiceService.getProvision, { provision: id });
      current = answer.provision ?? current;
    }
  } catch (error) {
    if (!signal.aborted) throw error;
    throw new Failure('interrupted', `${name} goes on without this program.`, {
      exit: 'interrupted',
      reasons: [`see it: protium provision show ${id}`, `take it back: protium provision cancel ${id}`],
      details: { provision: id },
    });
  } finally {
    output.endProgress();
  }
}

function notReady({ id, name, state, problem }: Provision): Failure {
  const why = problem === undefined ? '' : ` ${problem}`;
  return new Failure('provision-failed', `${name} ${state}: nothing of it is left.${why}`, {
    exit: 'refused',
    details: { provision: id },
  });
}
