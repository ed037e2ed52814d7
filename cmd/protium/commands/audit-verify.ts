import { InvalidArgumentError, type Command } from 'commander';
import { AuditServiceService } from '../../../internal/api/grpc/generated/protium/v1/audit.ts';
import type { ChainPlace } from '../../../internal/audit/chain.ts';
import { verifyFile } from '../../../internal/audit/read-archive.ts';
import { formatFields } from '../output/table.ts';
import type { RunSession, Session } from '../session.ts';

interface AuditVerifyOptions {
  readonly known?: ChainPlace;
}

export function addAuditVerifyCommand(parent: Command, run: RunSession): void {
  parent
    .command('verify')
    .description(
      'check that the record is as it was written, and tell its head; the exit code is 1 when it is not',
    )
    .argument('[files...]', 'check these archives or exports instead, in this order; no daemon is asked')
    .option('--known <place>', 'SEQUENCE:HASH of an earlier head, which it must lead through', parsePlace)
    .action((files: string[], { known }: AuditVerifyOptions, command: Command) =>
      run(command, (session) =>
        files.length === 0 ? verifyRecord(session, known) : verifyFiles(session, files, known),
      ),
    );
}

async function verifyRecord(session: Session, known: ChainPlace | undefined): Promise<void> {
  const method = AuditServiceService.verifyAudit;
  const answer = await session.daemon.call(method, {
    knownSequence: BigInt(known?.sequence ?? 0),
    knownHash: known?.hash ?? '',
  });
  const { entries, base, head, problem } = answer;
  const placeOf = (place: typeof head): string => `${String(place?.sequence ?? 0)}:${place?.hash ?? ''}`;
  session.output.answer(method, answer, {
    names: [placeOf(head)],
    text: () => report(entries, placeOf(base), placeOf(head), problem ?? null),
  });
  if (problem !== undefined) session.endWith(1);
}

/** @param known what the first entry of the files must follow */
async function verifyFiles(
  session: Session,
  files: readonly string[],
  known: ChainPlace | undefined,
): Promise<void> {
  let last = known ?? null;
  let entries = 0;
  let problem: string | null = null;
  for (const file of files) {
    const found = await verifyFile(file, last);
    last = found.last;
    entries += found.count;
    problem = found.problem;
    if (problem !== null) break;
  }
  const head = last === null ? '' : `${last.sequence}:${last.hash}`;
  session.output.object(
    { entries, head, problem },
    { names: [head], text: () => report(entries, '', head, problem) },
  );
  if (problem !== null) session.endWith(1);
}

function report(entries: bigint | number, base: string, head: string, problem: string | null): string {
  return formatFields([
    ['record', problem ?? 'as it was written'],
    ['entries', String(entries)],
    ...(base === '' ? [] : [['follows', base] as const]),
    ['head', head],
  ]);
}

function parsePlace(text: string): ChainPlace {
  const [, sequence, hash] = /^(\d{1,15}):([0-9a-f]{64})$/.exec(text) ?? [];
  if (sequence !== undefined && hash !== undefined) return { sequence: Number(sequence), hash };
  throw new InvalidArgumentError('It must be SEQUENCE:HASH, as verify tells its head.');
}
