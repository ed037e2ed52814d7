import { setTimeout as delay } from 'node:timers/promises';
import { fromLibvirt } from '../errors/from-libvirt.ts';
import { ProtiumError } from '../errors/protium-error.ts';
import { existingDomain } from '../instances/lifecycle/find-domain.ts';
import type { LibvirtClient } from '../libvirt/client.ts';
import type { Step, StepRun } from '../operations/definition.ts';
import { longCall } from '../storage/volumes/create-volume.ts';
import { jobFraction } from './job-progress.ts';
import { endJob, settleMove } from './settle-move.ts';
import type { MigrateInstance } from './shape.ts';
import type { MigrationParts } from './steps.ts';
import { migrateUriOf, peerUriOf } from './target.ts';

const lookEveryMs = 500;

/** Lets libvirt send a VM that runs. */
export function moveStep({ client, targets }: MigrationParts): Step<MigrateInstance, 'move'> {
  const settle = async ({ input }: StepRun<MigrateInstance>): Promise<'moved' | 'stayed'> => {
    await endJob(client, input.uuid);
    return settleMove(client, targets.open(input.target).client, input.uuid);
  };
  return {
    name: 'move',
    title: 'send it to the other host',
    irreversibleOnceDone: true,
    async do(run) {
      const { uuid } = run.input;
      const { target } = targets.open(run.input.target);
      const copied = run.data('prepare').moves.some(({ by }) => by === 'mirrored');
      const migrateUri = migrateUriOf(target);
      const domain = await existingDomain(client, uuid);
      const over = new AbortController();
      const looking = follow(client, run, over.signal);
      try {
        await client.domains.migrateToUri(
          domain,
          peerUriOf(target),
          {
            live: true,
            tunnelled: target.transport === 'tunnelled',
            persistDestination: true,
            undefineSource: true,
            autoConverge: true,
            ...(copied ? { copyStorage: 'all' as const } : {}),
            ...(migrateUri === undefined ? {} : { migrateUri }),
          },
          longCall,
        );
      } catch (error) {
        // A connection may have ended when all was done.
        if ((await settle(run)) === 'moved') return;
        run.signal.throwIfAborted();
        throw fromLibvirt(error, `send it to the host "${target.name}"`);
      } finally {
        over.abort();
        await looking;
      }
    },
    verify: async (run) => ((await settle(run)) === 'moved' ? 'done' : 'absent'),
    async undo(run) {
      if ((await settle(run)) === 'stayed') return;
      throw new ProtiumError('state-conflict', `It runs on the host "${run.input.target}" by now.`);
    },
    leftBehind: ({ input }) =>
      `the VM, of which it cannot be told where it is: virsh domstate ${input.uuid}, on this host and on "${input.target}"`,
  };
}

/** Tells how far it is, and gives it up when that is asked for, until `over`. */
async function follow(
  client: LibvirtClient,
  run: StepRun<MigrateInstance>,
  over: AbortSignal,
): Promise<void> {
  let furthest = 0;
  while (!over.aborted) {
    try {
      const domain = await existingDomain(client, run.input.uuid);
      if (run.signal.aborted) await client.domains.abortJob(domain);
      const fraction = jobFraction(await client.domains.jobStats(domain));
      // What the guest writes meanwhile has to be sent again: that is no step back.
      if (fraction !== null && fraction > furthest) {
        furthest = fraction;
        run.progress(fraction);
      }
    } catch (error) {
      // Before the job has begun, or after it has ended.
      run.log.debug({ err: error }, 'the job cannot be looked at now');
    }
    await delay(lookEveryMs, undefined, {
      signal: AbortSignal.any([over, ...(run.signal.aborted ? [] : [run.signal])]),
    }).catch(() => undefined);
  }
}
