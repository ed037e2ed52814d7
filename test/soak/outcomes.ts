import type { Deed, Tell } from './load.ts';

/** What came of all that was done, counted. */
export interface Outcomes {
  of(deed: Deed): Tell;
  /** For each deed a line: its steps, and how often each outcome came. */
  lines(): readonly string[];
  /** Steps that met a fault of ours. */
  faults(): readonly string[];
  /** Steps that never came to what their deed is there for: then the load is not what it says. */
  unmeant(): readonly string[];
}

const fault = /^500 internal$|^failed internal$|^INTERNAL$/;
const good = /^(?:2\d\d|OK|succeeded)$/;

export function createOutcomes(): Outcomes {
  const counts = new Map<Deed, Map<string, Map<string, number>>>();
  return {
    of: (deed) => (step, outcome) => {
      const steps = counts.get(deed) ?? new Map<string, Map<string, number>>();
      const found = steps.get(step) ?? new Map<string, number>();
      counts.set(deed, steps.set(step, found.set(outcome, (found.get(outcome) ?? 0) + 1)));
    },
    lines: () =>
      [...counts].map(([{ name }, steps]) => {
        const told = [...steps].map(([step, found]) => {
          const most = [...found].sort(([, a], [, b]) => b - a);
          return `${step} ${most.map(([outcome, count]) => `${outcome} ×${count}`).join(', ')}`;
        });
        return `${name}: ${told.join('; ')}`;
      }),
    faults: () =>
      [...counts].flatMap(([{ name }, steps]) =>
        [...steps].flatMap(([step, found]) =>
          [...found.keys()].some((outcome) => fault.test(outcome)) ? [`${name}, ${step}`] : [],
        ),
      ),
    unmeant: () =>
      [...counts].flatMap(([{ name, meant = good }, steps]) =>
        [...steps].flatMap(([step, found]) =>
          step === connection || [...found.keys()].some((outcome) => meant.test(outcome))
            ? []
            : [`${name}, ${step}`],
        ),
      ),
  };
}

/** The step that failures of the connection are told as. */
export const connection = 'connection';
