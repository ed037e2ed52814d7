import type {
  AnyOperationDefinition,
  OperationDefinition,
  OperationShape,
} from '../../../internal/operations/definition.ts';
import { withoutEffect } from '../../../internal/operations/definition.ts';
import { forEver } from './fixture.ts';

/** What a step of a random plan does. Its effect is two items, so that it can be there by half. */
export interface PlannedStep {
  readonly verifies: boolean;
  /** Its effect does not survive a crash, like a transient domain. Only what is verified can be. */
  readonly volatile: boolean;
  readonly fails: 'no' | 'intent' | 'before' | 'between' | 'after' | 'without-effect';
  /** How often its undo fails before it works. */
  readonly undoFailures: number;
}

export interface PlannedOperation {
  readonly name: string;
  readonly resource: string;
  readonly onRestart: 'resume' | 'undo';
  readonly steps: readonly PlannedStep[];
}

/** The items that exist, e.g. `operation-id/0/a`. */
export interface World {
  readonly items: Set<string>;
  /** Called at every point where the process could die; one that dies never returns. */
  point(name: string): Promise<void>;
  /** Resources of which a step is at work. */
  readonly busy: Set<string>;
  readonly violations: string[];
  readonly undoAttempts: Map<string, number>;
}

interface Planned extends OperationShape {
  input: { name: string };
  result: { items: string[] };
  steps: Record<`step-${number}`, { intent: { first: string; second: string }; facts: { sum: number } }>;
}

/** The definition of a plan; `life` is the process that runs it, which must not act once it is dead. */
function definitionOf(plan: PlannedOperation, world: World): OperationDefinition<Planned> {
  return {
    kind: `plan.${plan.name}`,
    onRestart: plan.onRestart,
    resources: () => [plan.resource],
    steps: () =>
      plan.steps.map((step, index) => ({
        name: `step-${index}` as const,
        title: `make ${index}`,
        async intent(run) {
          await world.point('intent');
          if (step.fails === 'intent') throw new Error('intent fails');
          // The step before must have kept what it learned, after a restart too.
          if (index > 0 && run.data(`step-${index - 1}`).sum !== index - 1)
            world.violations.push(`step ${index} does not see the facts of the one before`);
          return { first: `${run.operationId}/${index}/a`, second: `${run.operationId}/${index}/b` };
        },
        async do(_run, { first, second }) {
          return exclusively(world, plan.resource, async () => {
            await world.point('before');
            if (step.fails === 'without-effect') throw withoutEffect(new Error('refused'));
            if (step.fails === 'before') throw new Error('fails before');
            if (world.items.has(first) || world.items.has(second))
              world.violations.push('done over a half effect');
            world.items.add(first);
            await world.point('between');
            if (step.fails === 'between') throw new Error('fails between');
            world.items.add(second);
            await world.point('after');
            if (step.fails === 'after') throw new Error('fails after');
            return { sum: index };
          });
        },
        ...(step.verifies
          ? {
              async verify(_run: unknown, data: { first: string; second: string }) {
                await world.point('verify');
                return [data.first, data.second].every((item) => world.items.has(item))
                  ? { sum: index }
                  : ('absent' as const);
              },
            }
          : {}),
        async undo(_run, { first, second }) {
          await exclusively(world, plan.resource, async () => {
            await world.point('undo');
            world.items.delete(second);
            const attempts = world.undoAttempts.get(first) ?? 0;
            if (attempts < step.undoFailures) {
              world.undoAttempts.set(first, attempts + 1);
              throw new Error('undo fails');
            }
            await world.point('undo between');
            world.items.delete(first);
            await world.point('undo after');
          });
        },
        leftBehind: (_run, { first }) => first,
      })),
    result: (run) => ({ items: plan.steps.map((_, index) => run.data(`step-${index}`).first) }),
  };
}

async function exclusively<T>(world: World, resource: string, act: () => Promise<T>): Promise<T> {
  if (world.busy.has(resource)) world.violations.push(`two steps at once on ${resource}`);
  world.busy.add(resource);
  try {
    return await act();
  } finally {
    world.busy.delete(resource);
  }
}

/** A world whose process dies at the `deathAt`-th point; `die` is called then. */
export function mortalWorld(
  items: Set<string>,
  undoAttempts: Map<string, number>,
  deathAt: number,
): World & {
  readonly death: Promise<void>;
  isDead(): boolean;
  points(): number;
  die(): void;
} {
  let points = 0;
  let dead = false;
  let announce: () => void = () => undefined;
  const death = new Promise<void>((resolve) => (announce = resolve));
  const die = (): void => {
    dead = true;
    announce();
  };
  return {
    items,
    undoAttempts,
    busy: new Set(),
    violations: [],
    death,
    die,
    isDead: () => dead,
    points: () => points,
    async point() {
      if (!dead && points === deathAt) die();
      points += 1;
      if (dead) await forEver;
      // Others get their turn, as they do with real effects.
      await Promise.resolve();
    },
  };
}

export function definitionsOf(plans: readonly PlannedOperation[], world: World): AnyOperationDefinition[] {
  return plans.map((plan) => definitionOf(plan, world));
}
