import { ProtiumError } from '../../errors/protium-error.ts';
import { administratorsProject } from '../../identity/caller.ts';
import { excesses, nothing, sumOf, type Amounts, type Excess } from './quota.ts';
import type { QuotaStore } from './quota-store.ts';

/** Keeps projects within their quotas. Checks and holds are one step: of what comes at once, nothing passes a limit. */
export interface Quotas {
  /** What a project has, and what is held for operations under way. */
  used(project: string): Amounts;
  /** @throws ProtiumError `quota-exceeded` with limit, used and asked of all that is passed */
  require(project: string, asked: Amounts): void;
  /** The same, and what is asked counts from now on, until the operation has ended. */
  hold(operation: string, project: string, asked: Amounts): void;
  release(operation: string): void;
}

/**
 * @param store its limits
 * @param settled what a project has by what there is, and by instances that are being made
 */
export function createQuotas(
  store: Pick<QuotaStore, 'quota'>,
  settled: (project: string) => Amounts,
): Quotas {
  const holds = new Map<string, readonly { readonly project: string; readonly amounts: Amounts }[]>();
  const used = (project: string): Amounts =>
    sumOf([
      settled(project),
      ...[...holds.values()].flat().flatMap((hold) => (hold.project === project ? hold.amounts : [])),
    ]);
  const require = (project: string, asked: Amounts): void => {
    // What is nobody's is the administrators', whom nothing limits but the host.
    if (project === administratorsProject) return;
    const passed = excesses(store.quota(project), used(project), asked);
    if (passed.length > 0) throw exceeded(project, passed);
  };
  return {
    used,
    require,
    hold(operation, project, asked) {
      require(project, asked);
      holds.set(operation, [...(holds.get(operation) ?? []), { project, amounts: asked }]);
    },
    release: (operation) => void holds.delete(operation),
  };
}

function exceeded(project: string, passed: readonly Excess[]): ProtiumError {
  const sentences = passed.map(
    ({ of, limit, used, asked }) =>
      `${of}: the limit is ${limit}, ${used} are used, ${asked} more are asked for.`,
  );
  return new ProtiumError(
    'quota-exceeded',
    `The quota of the project ${project} does not allow this. ${sentences.join(' ')} ` +
      'Ask for less, delete what is not needed, or have an administrator raise it (protium quota set).',
    { details: { project, limits: passed.map(({ of }) => of) } },
  );
}

/** Of one more volume, or of one that grows. */
export function diskAmounts(diskBytes: number): Amounts {
  return { ...nothing, diskBytes };
}
