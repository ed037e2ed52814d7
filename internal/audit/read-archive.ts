import { createReadStream } from 'node:fs';
import { createInterface } from 'node:readline';
import { z } from 'zod';
import { ProtiumError } from '../errors/protium-error.ts';
import { followChain, genesis, type ChainPlace } from './chain.ts';
import { auditEvents, type AuditEntry } from './entry.ts';

const text = z.string();
const whole = z.number().int().nonnegative();
const schema: z.ZodType<AuditEntry> = z.strictObject({
  sequence: whole,
  time: text,
  event: z.enum(auditEvents),
  requestId: text,
  user: text,
  way: text,
  credential: text,
  address: text,
  method: text,
  objectKind: text,
  object: text,
  project: text,
  result: text,
  operation: text,
  attempt: whole,
  count: whole,
  hash: text,
});

/**
 * Follows the chain through the entries of a file, one JSON object a line.
 *
 * @param from what its first entry must follow; null: it is taken as it is, unless it is the first of all
 * @throws ProtiumError `file-not-found`, `request-malformed`
 */
export async function verifyFile(
  file: string,
  from: ChainPlace | null,
): Promise<{ readonly last: ChainPlace | null; readonly count: number; readonly problem: string | null }> {
  let last = from;
  let count = 0;
  let line = 0;
  try {
    for await (const content of createInterface({ input: createReadStream(file, 'utf8') })) {
      line += 1;
      const entry = entryOf(content, file, line);
      if (last === null && entry.sequence === 1) last = { sequence: 0, hash: genesis };
      const followed = followChain([entry], last);
      last = followed.last;
      count += followed.count;
      if (followed.problem !== null) return { last, count, problem: `${file}: ${followed.problem}` };
    }
  } catch (error) {
    if (error instanceof ProtiumError) throw error;
    throw new ProtiumError('file-not-found', `${file} cannot be read: ${String(error)}`, { cause: error });
  }
  return { last, count, problem: null };
}

function entryOf(content: string, file: string, line: number): AuditEntry {
  let value: unknown;
  try {
    value = JSON.parse(content);
  } catch {
    value = undefined;
  }
  const read = schema.safeParse(value);
  if (read.success) return read.data;
  throw new ProtiumError('request-malformed', `Line ${line} of ${file} is no entry of an audit record.`);
}
