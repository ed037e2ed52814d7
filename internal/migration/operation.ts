import type { Change } from '../instances/changes/begin-change.ts';
import { shown } from '../instances/lifecycle/shown.ts';
import { instanceResources } from '../instances/lifecycle/target.ts';
import type { AnyStep } from '../operations/definition.ts';
import { cleanUpStep, recordStep, releaseStep, settleThereStep } from './afterwards-steps.ts';
import { gatherMigration } from './gather.ts';
import { moveStep } from './move-step.ts';
import { defineThereStep, removeHereStep } from './offline-steps.ts';
import type { MigrateInstance } from './shape.ts';
import type { MigrationParts } from './steps.ts';
import { requireSuitable, suitability } from './suitability.ts';
import { filtersStep, prepareStep } from './target-steps.ts';
import { firmwareStep, flattenStep, volumesStep } from './volume-steps.ts';

/** Moves an instance to another host: as it runs, or its definition and disks while it is off. */
export function migrateInstance(parts: MigrationParts): Change<MigrateInstance> {
  const { client, view, targets } = parts;
  const before: readonly AnyStep<MigrateInstance>[] = [
    prepareStep(parts),
    filtersStep(parts),
    flattenStep(parts),
    volumesStep(parts),
  ];
  const live: readonly AnyStep<MigrateInstance>[] = [moveStep(parts)];
  const offline: readonly AnyStep<MigrateInstance>[] = [
    firmwareStep(parts),
    defineThereStep(parts),
    removeHereStep(parts),
  ];
  const afterwards: readonly AnyStep<MigrateInstance>[] = [
    recordStep(parts),
    releaseStep(parts),
    cleanUpStep(parts),
    settleThereStep(parts),
  ];
  return {
    definition: {
      kind: 'instance.migrate',
      // What was cut short is given up, unless the VM is there: then the rest is done.
      onRestart: 'undo',
      resources: instanceResources,
      steps: (input) => [...before, ...(input.offline ? offline : live), ...afterwards],
      async result(run) {
        const { uuid, target } = run.input;
        await shown(view, uuid);
        const { hostUuid } = run.data('prepare').record;
        return { uuid, target, hostUuid, notices: run.data('settle-there').notices };
      },
    },
    async check(input) {
      const gathered = await gatherMigration(client, targets.open(input.target), input);
      const suits = suitability(gathered.situation);
      requireSuitable(suits, gathered.current.domain.name, input.target);
      return suits.notices;
    },
  };
}
