import type { Command } from 'commander';
import type { Operation } from '../../../internal/api/grpc/generated/protium/v1/operations.ts';
import type { Method } from '../connection/daemon.ts';
import type { Session } from '../session.ts';
import { awaitOperations } from './await-operations.ts';
import { requireSuccess } from './ended.ts';

/** With the operation, and what a person should know, where there is either. */
interface ChangeAnswer {
  readonly operation?: Operation | undefined;
  readonly notices?: readonly string[];
}

/** What is to be done to each of some instances. */
export interface InstanceChange<Request, Answer extends ChangeAnswer> {
  readonly method: Method<Request, Answer>;
  readonly request: (instance: string) => Request;
  /** What it is afterwards: `started`. */
  readonly done: string;
}

/** The option of all commands that begin operations. */
export function addWaitOption(command: Command): Command {
  return command
    .option('--wait', 'wait until it is done', true)
    .option('--no-wait', 'only begin it, and tell the operation');
}

/** Changes all at once; one that fails keeps none of the others from being done. */
export async function changeInstances<Request, Answer extends ChangeAnswer>(
  session: Session,
  names: readonly string[],
  wait: boolean,
  { method, request, done }: InstanceChange<Request, Answer>,
): Promise<void> {
  const { daemon, output } = session;
  const failures: unknown[] = [];
  const settled = await Promise.allSettled(
    names.map(async (subject) => ({ subject, answer: await daemon.call(method, request(subject)) })),
  );
  const answers = settled.flatMap((each) => {
    if (each.status === 'fulfilled') return [each.value];
    failures.push(each.reason);
    return [];
  });
  const begun = answers.flatMap(({ subject, answer: { operation } }) =>
    operation === undefined ? [] : [{ subject, operation }],
  );
  const operations = wait ? await awaitOperations(session, begun) : begun.map(({ operation }) => operation);
  const byId = new Map(operations.map((operation) => [operation.id, operation]));
  for (const { subject, answer } of answers) {
    if (output.format === 'table') for (const notice of answer.notices ?? []) output.note(`note: ${notice}`);
    const operation = byId.get(answer.operation?.id ?? '');
    try {
      if (wait && operation !== undefined) requireSuccess(operation, subject);
      const begins = `operation ${operation?.id ?? ''}: protium operation watch ${operation?.id ?? ''}`;
      output.answer(
        method,
        { ...answer, operation },
        { names: [subject], text: () => `${subject} ${wait ? done : begins}\n` },
      );
    } catch (error) {
      failures.push(error);
    }
  }
  if (failures.length === 1) throw failures[0];
  if (failures.length > 1) throw new AggregateError(failures);
}
