import type {
  OperationDefinition,
  OperationShape,
  StepRun,
} from '../../../internal/operations/definition.ts';

/** An operation made of any steps, for tests; each keeps a log line of every call. */
export interface Chain extends OperationShape {
  input: { resource: string; tag?: string };
  result: { made: string[] };
  steps: Record<string, { intent: { token: string }; facts: { made?: string } }>;
}

type Called<T> = T | Promise<T>;
interface Facts {
  readonly made: string;
}

export interface ChainStep {
  readonly name: string;
  readonly irreversible?: boolean;
  readonly irreversibleOnceDone?: boolean;
  readonly intent?: (run: StepRun<Chain>) => Called<void>;
  /** In place of the usual effect, a log line. */
  readonly do?: (run: StepRun<Chain>) => Called<Facts> | Called<void>;
  /** Default: absent. null: the step has none. */
  readonly verify?: ((run: StepRun<Chain>) => Called<'absent' | Facts>) | null;
  readonly undo?: (run: StepRun<Chain>) => Called<void>;
}

export function chain(options: {
  readonly kind?: string;
  readonly onRestart?: 'resume' | 'undo';
  readonly steps: readonly ChainStep[];
  readonly result?: () => { made: string[] };
}): OperationDefinition<Chain> & { readonly log: string[] } {
  const log: string[] = [];
  const { steps, result } = options;
  return {
    log,
    kind: options.kind ?? 'test.chain',
    onRestart: options.onRestart ?? 'undo',
    resources: ({ resource }) => [`thing/${resource}`],
    steps: () =>
      steps.map((step) => ({
        name: step.name,
        title: `make ${step.name}`,
        irreversible: step.irreversible ?? false,
        irreversibleOnceDone: step.irreversibleOnceDone ?? false,
        async intent(run) {
          log.push(`intent ${step.name}`);
          await step.intent?.(run);
          return { token: `${step.name}-token` };
        },
        async do(run) {
          if (step.do !== undefined) return (await step.do(run)) ?? { made: step.name };
          log.push(`do ${step.name}`);
          return { made: step.name };
        },
        ...(step.verify === null
          ? {}
          : {
              async verify(run: StepRun<Chain>, data: object) {
                log.push(`verify ${step.name} ${JSON.stringify(data)}`);
                return (await step.verify?.(run)) ?? ('absent' as const);
              },
            }),
        async undo(run, data) {
          log.push(`undo ${step.name} ${JSON.stringify(data)}`);
          await step.undo?.(run);
        },
        leftBehind: (_run, { token }) => `the thing ${token}: rm ${token}`,
      })),
    result: (run) => result?.() ?? { made: steps.map(({ name }) => run.data(name).made ?? '') },
  };
}
