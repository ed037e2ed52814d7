import type { Operation } from '../../../internal/api/grpc/generated/protium/v1/operations.ts';
import type { Command } from 'commander';
import type { Method } from '../connection/daemon.ts';
import type { Session } from '../session.ts';
import { awaitOperations } from './await-operations.ts';
import { requireSuccess } from './ended.ts';

/** What is to be done to one object. */
export interface ObjectChange<Request, Answer> {
  readonly method: Method<Request, Answer>;
  readonly request: Request;
  /** What it is afterwards: `is deleted`. */
  readonly done: string;
  /** false: only begin it. */
  readonly wait: boolean;
  readonly dryRun: boolean;
}

/** What is given to commands that can be tried without effect. */
export interface DryRunOptions {
  readonly wait: boolean;
  readonly dryRun?: boolean;
}

/** The option of all commands that can be tried without effect. */
export function addDryRunOption(command: Command): Command {
  return command.option('--dry-run', 'check everything, and change nothing');
}

/** Changes one object, by an operation or at once. @param subject its name, for the sentence */
export async function changeObject<Request, Answer extends object>(
  session: Session,
  subject: string,
  { method, request, done, wait, dryRun }: ObjectChange<Request, Answer>,
): Promise<void> {
  const { daemon, output } = session;
  const answer = await daemon.call(method, request);
  const { operation } = answer as { readonly operation?: Operation };
  const [ended] =
    wait && operation !== undefined ? await awaitOperations(session, [{ subject, operation }]) : [operation];
  if (wait && ended !== undefined) requireSuccess(ended, subject);
  const text = (): string => {
    if (dryRun) return `${subject}: nothing stands in the way; nothing was changed\n`;
    if (wait || ended === undefined) return `${subject} ${done}\n`;
    return `${subject} operation ${ended.id}: protium operation watch ${ended.id}\n`;
  };
  const shown = ended === undefined ? answer : { ...answer, operation: ended };
  output.answer(method, shown, { names: [subject], text });
}
