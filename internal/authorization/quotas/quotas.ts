import { ProtiumError } from '../../errors/protium-error.ts';
import { administratorsProject } from '../../identity/caller.ts';
import { excesses, nothing, sumOf, type Amounts, type Excess, type Quota } from './quota.ts';
import type { QuotaStore } from './quota-store.ts';

/** For whom something counts: a project, and the user who makes it or made it; absent: nobody whom Protium keeps. */
export interface CountsFor {
  readonly project: string;
  readonly user?: string | undefined;
}

/** Keeps projects and users within their quotas. Checks and holds are one step: of what comes at once, nothing passes a limit. */
export interface Quotas {
  /** What a project has, and what is held for operations under way. */
  used(project: string): Amounts;
  /** What a user made that is there or on its way, in all projects. */
  usedBy(user: string): Amounts;
  /** @throws ProtiumError `quota-exceeded` with limit, used and asked of all that is passed */
  require(whose: CountsFor, asked: Amounts): void;
  /** The same, and what is asked counts from now on, until the operation has ended. */
  hold(operation: string, whose: CountsFor, asked: Amounts): void;
  release(operation: string): void;
}

/** What there is, and instances that are being made. */
export interface Settled {
  ofProject(project: string): Amounts;
  madeBy(user: string): Amounts;
}

interface Hold extends CountsFor {
  readonly amounts: Amounts;
}

/** @param userName of a user of that id; undefined: there is none (any more), and no quota of theirs */
export function createQuotas(
  store: Pick<QuotaStore, 'quota' | 'quotaOfUser'>,
  settled: Settled,
  userName: (user: string) => string | undefined,
): Quotas {
  const holds = new Map<string, readonly Hold[]>();
  const andHeld = (there: Amounts, isTheirs: (hold: Hold) => boolean): Amounts =>
    sumOf([there, ...[...holds.values()].flat().flatMap((hold) => (isTheirs(hold) ? hold.amounts : []))]);
  const used = (project: string): Amounts =>
    andHeld(settled.ofProject(project), (hold) => hold.project === project);
  const usedBy = (user: string): Amounts => andHeld(settled.madeBy(user), (hold) => hold.user === user);
  const requireWithin = (quota: Quota, has: () => Amounts, asked: Amounts, whose: Whose): void => {
    const passed = excesses(quota, has(), asked);
    if (passed.length > 0) throw exceeded(whose, passed);
  };
  const require = ({ project, user }: CountsFor, asked: Amounts): void => {
    // What is nobody's is the administrators', whom nothing limits but the host.
    if (project !== administratorsProject) {
      const whose = { text: `the project ${project}`, details: { project } };
      requireWithin(store.quota(project), () => used(project), asked, whose);
    }
    const name = user === undefined ? undefined : userName(user);
    if (user === undefined || name === undefined) return;
    const whose = { text: `the user ${name}, in all projects,`, details: { user: name } };
    requireWithin(store.quotaOfUser(user), () => usedBy(user), asked, whose);
  };
  return {
    used,
    usedBy,
    require,
    hold(operation, whose, asked) {
      require(whose, asked);
      holds.set(operation, [...(holds.get(operation) ?? []), { ...whose, amounts: asked }]);
    },
    release: (operation) => void holds.delete(operation),
  };
}

/** As the refusal says it. */
interface Whose {
  readonly text: string;
  readonly details: Readonly<Record<string, string>>;
}

function exceeded({ text, details }: Whose, passed: readonly Excess[]): ProtiumError {
  const sentences = passed.map(
    ({ of, limit, used, asked }) =>
      `${of}: the limit is ${limit}, ${used} are used, ${asked} more are asked for.`,
  );
  return new ProtiumError(
    'quota-exceeded',
    `The quota of ${text} does not allow this. ${sentences.join(' ')} ` +
      'Ask for less, delete what is not needed, or have an administrator raise it (protium quota set).',
    { details: { ...details, limits: passed.map(({ of }) => of) } },
  );
}

/** Of one more volume, or of one that grows. */
export function diskAmounts(diskBytes: number): Amounts {
  return { ...nothing, diskBytes };
}
