import type { Evidence } from '../evidence.ts';
import { finding, type Finding } from '../finding.ts';

const check = 'migration';

/** Hosts that instances can move to. */
export function checkMigrationTargets({ migrationTargets }: Evidence): readonly Finding[] {
  return migrationTargets.map(({ name, uri, problem }) =>
    problem === null
      ? finding(check, 'ok', `The host "${name}" answers: instances can move there.`, { details: { uri } })
      : finding(check, 'warning', `The host "${name}" does not answer: ${problem}`, {
          fix: `Try virsh -c '${uri}' version as the user of the daemon, or take it from PROTIUM_MIGRATION_TARGETS.`,
          details: { uri },
        }),
  );
}
