import type { Command } from 'commander';
import type { Operation } from '../../../internal/api/grpc/generated/protium/v1/operations.ts';
import type { Method } from '../connection/daemon.ts';
import type { Session } from '../session.ts';
import { awaitOperations } from './await-operations.ts';
import { addWaitOption } from './change-instances.ts';
import { requireSuccess } from './ended.ts';

export interface ChangeOneOptions {
  readonly wait: boolean;
  readonly dryRun?: boolean;
}

/** The options of commands that change one instance and can be tried. */
export function addChangeOptions(command: Command): Command {
  return addWaitOption(command).option('--dry-run', 'only check whether it can be done');
}

/** Changes one instance, or tells whether it could be. */
export async function changeOne<
  Request,
  Answer extends { readonly operation?: Operation | undefined; readonly notices?: readonly string[] },
>(
  session: Session,
  { wait, dryRun = false }: ChangeOneOptions,
  change: {
    readonly method: Method<Request, Answer>;
    readonly instance: string;
    readonly request: Request;
    /** What it is afterwards, with what the operation resulted in: `web has the disk vdb`. */
    readonly done: (result: Readonly<Record<string, unknown>>) => string;
  },
): Promise<void> {
  const { daemon, output } = session;
  const { method, instance, request, done } = change;
  const answer = await daemon.call(method, request);
  if (output.format === 'table') for (const notice of answer.notices ?? []) output.note(`note: ${notice}`);
  const begun = answer.operation;
  const shown = (text: string, operation: Operation | undefined): void =>
    output.answer(method, { ...answer, operation }, { names: [instance], text: () => `${text}\n` });
  if (begun === undefined || dryRun) {
    shown(`${instance}: this can be done; nothing was changed`, begun);
    return;
  }
  if (!wait) {
    shown(`${instance} begins operation ${begun.id}: protium operation watch ${begun.id}`, begun);
    return;
  }
  const [operation] = await awaitOperations(session, [{ subject: instance, operation: begun }]);
  if (operation === undefined) return;
  requireSuccess(operation, instance);
  const result: Readonly<Record<string, unknown>> =
    typeof operation.result === 'object' && operation.result !== null
      ? (operation.result as Readonly<Record<string, unknown>>)
      : {};
  shown(done(result), operation);
}
