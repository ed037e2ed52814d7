import type { Step } from '../operations/definition.ts';
import { existingDomain, findDomain } from '../instances/lifecycle/find-domain.ts';
import { removeDomain } from './settle-move.ts';
import type { MigrateInstance } from './shape.ts';
import { failing, type MigrationParts } from './steps.ts';

/** Defines it there as it is defined here, with whatever others have changed. */
export function defineThereStep({ client, targets }: MigrationParts): Step<MigrateInstance, 'define-there'> {
  return {
    name: 'define-there',
    title: 'define it there',
    do: (run) =>
      failing('define it there', run.signal, async () => {
        const domain = await existingDomain(client, run.input.uuid);
        const definition = await client.domains.xml(domain, {
          inactive: true,
          secure: true,
          migratable: true,
        });
        await targets.open(run.input.target).client.domains.define(definition);
      }),
    // The uuid was free, so what has it is this.
    undo: ({ input }) => removeDomain(targets.open(input.target).client, input.uuid),
    leftBehind: ({ input }) =>
      `the definition on the host "${input.target}": virsh undefine --nvram ${input.uuid}`,
  };
}

/** From now on it is there. */
export function removeHereStep({ client }: MigrationParts): Step<MigrateInstance, 'remove-here'> {
  return {
    name: 'remove-here',
    title: 'remove the domain here',
    irreversible: true,
    async do({ input, signal }) {
      const domain = await findDomain(client, input.uuid);
      if (domain === null) return;
      await failing('remove the domain here', signal, () =>
        client.domains.undefine(domain, { nvram: 'remove', managedSave: true, checkpointsMetadata: true }),
      );
    },
  };
}
