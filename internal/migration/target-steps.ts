import { orAbsent } from '../instances/from-documents/absent.ts';
import { findDomain } from '../instances/lifecycle/find-domain.ts';
import { ProtiumError } from '../errors/protium-error.ts';
import type { LibvirtClient } from '../libvirt/client.ts';
import { virError } from '../libvirt/error-code.ts';
import type { Step } from '../operations/definition.ts';
import { gatherMigration } from './gather.ts';
import { prepareMigration } from './prepare.ts';
import type { MigrateInstance } from './shape.ts';
import { failing, type MigrationParts } from './steps.ts';
import { requireSuitable, suitability } from './suitability.ts';

/** Looks at both hosts, and writes down what there is. */
export function prepareStep({ client, targets }: MigrationParts): Step<MigrateInstance, 'prepare'> {
  return {
    name: 'prepare',
    title: 'look at both hosts',
    async intent({ input }) {
      const target = targets.open(input.target);
      const gathered = await gatherMigration(client, target, input);
      const suits = suitability(gathered.situation);
      requireSuitable(suits, gathered.current.domain.name, input.target);
      return failing('look at both hosts', null, () =>
        prepareMigration(client, target, input, gathered, suits),
      );
    },
    do: () => undefined,
  };
}

/** A VM with a firewall does not come to where its rules are not. */
export function filtersStep({ targets }: MigrationParts): Step<MigrateInstance, 'define-filters'> {
  return {
    name: 'define-filters',
    title: 'define its network filters there',
    async do(run) {
      const { client } = targets.open(run.input.target);
      await failing('define its network filters there', run.signal, async () => {
        for (const { xml } of run.data('prepare').filters) await client.nwfilters.define(xml);
      });
    },
    async undo(run) {
      const { client } = targets.open(run.input.target);
      await requireAbsent(client, run.input.uuid);
      for (const { name } of [...run.data('prepare').filters].reverse()) {
        const filter = await orAbsent(client.nwfilters.lookupByName(name), virError.noNwfilter);
        if (filter !== null) await client.nwfilters.undefine(filter);
      }
    },
    leftBehind: (run) =>
      `network filters of the host "${run.input.target}": ${run
        .data('prepare')
        .filters.map(({ name }) => `virsh nwfilter-undefine ${name}`)
        .join(', ')}`,
  };
}

/** What a VM there has is not taken from it. */
export async function requireAbsent(there: LibvirtClient, uuid: string): Promise<void> {
  if ((await findDomain(there, uuid)) === null) return;
  throw new ProtiumError('resource-in-use', 'The other host has the VM: what it needs there stays.', {
    details: { uuid },
  });
}
