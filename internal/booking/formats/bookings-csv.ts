import { CsvError, parse } from 'csv-parse/sync';
import { stringify } from 'csv-stringify/sync';
import { z } from 'zod';
import { ProtiumError } from '../../errors/protium-error.ts';
import { line, port, userId } from './read-yaml.ts';

/** A row of booking.csv, using.csv or used.csv. */
export interface BookingRow {
  /** Milliseconds since 1970; in the file the local time, without a zone. */
  readonly start: number;
  readonly end: number;
  readonly user: string;
  readonly cpus: number;
  readonly memoryGb: number;
  /** Numbers of the host's GPUs. */
  readonly gpus: readonly number[];
  readonly forwardPort: number;
  /** null: the host's own choice. */
  readonly image: string | null;
  readonly extraCommand: string | null;
}

const columns = [
  'start',
  'end',
  'user_id',
  'cpus',
  'memory',
  'gpus',
  'forward_port',
  'image',
  'extra_command',
] as const;

const emptyIsNull = line.transform((text) => (text === '' || text === 'None' ? null : text));
const gpuList = z
  .string()
  .regex(/^\[\s*(?:\d{1,4}(?:\s*,\s*\d{1,4})*)?\s*\]$/, 'a list of GPU numbers, as [0, 2]')
  .transform((text) => [...text.matchAll(/\d+/g)].map(([number]) => Number(number)));

const rowSchema = z
  .object({
    start: z.string().transform(localTime),
    end: z.string().transform(localTime),
    user_id: userId,
    cpus: z.coerce.number().positive().max(100_000),
    memory: z.coerce.number().positive().max(10_000_000),
    gpus: gpuList,
    forward_port: z.coerce.number().pipe(port),
    image: emptyIsNull,
    extra_command: emptyIsNull,
  })
  .refine(({ start, end }) => start < end, { error: 'it ends before it starts', path: ['end'] });

/**
 * Reads one of AIVC's three lists.
 *
 * @throws ProtiumError `argument-invalid` with the line
 */
export function readBookingsCsv(text: string, file: string): readonly BookingRow[] {
  return rowsOf(text, file).map(({ record, info }) => {
    const result = rowSchema.safeParse(record);
    if (!result.success) {
      const [issue] = result.error.issues;
      throw problem(file, info.lines, `${issue?.path.map(String).join('.') ?? ''}: ${issue?.message ?? ''}`);
    }
    const { user_id: user, memory: memoryGb, forward_port: forwardPort, ...row } = result.data;
    return {
      start: row.start,
      end: row.end,
      user,
      cpus: row.cpus,
      memoryGb,
      gpus: row.gpus,
      forwardPort,
      image: row.image,
      extraCommand: row.extra_command,
    };
  });
}

/** The same as a list of AIVC's. */
export function writeBookingsCsv(rows: readonly BookingRow[]): string {
  return stringify(
    rows.map((row) => [
      localText(row.start),
      localText(row.end),
      row.user,
      row.cpus,
      row.memoryGb,
      `[${row.gpus.join(', ')}]`,
      row.forwardPort,
      row.image ?? '',
      row.extraCommand ?? '',
    ]),
    { header: true, columns: [...columns] },
  );
}

interface RawRow {
  readonly record: Record<string, string>;
  readonly info: { readonly lines: number };
}

function rowsOf(text: string, file: string): readonly RawRow[] {
  let rows: readonly RawRow[];
  try {
    rows = parse(text, {
      bom: true,
      columns: true,
      info: true,
      skip_empty_lines: true,
      trim: true,
      max_record_size: 100_000,
    });
  } catch (error) {
    if (!(error instanceof CsvError)) throw error;
    throw problem(
      file,
      Number(error['lines'] ?? 0),
      'this is not CSV with as many fields as the first line has.',
    );
  }
  const [first] = rows;
  const missing = first === undefined ? [] : columns.filter((column) => !Object.hasOwn(first.record, column));
  if (missing.length > 0) throw problem(file, 1, `the columns ${missing.join(', ')} are missing.`);
  return rows;
}

function problem(file: string, at: number, message: string): ProtiumError {
  return new ProtiumError('argument-invalid', `${file}, line ${at}: ${message}`, {
    details: { file, line: at },
  });
}

/** "2024-05-01 10:30:00", in the zone of this host. */
function localTime(text: string, context: z.RefinementCtx): number {
  const match = /^(\d{4})-(\d{2})-(\d{2})[ T](\d{2}):(\d{2})(?::(\d{2})(?:\.\d+)?)?$/.exec(text);
  const [year = 0, month = 0, day = 0, hour = 0, minute = 0, second = 0] = (match ?? [])
    .slice(1)
    .map((part) => Number(part || '0'));
  const date = new Date(year, month - 1, day, hour, minute, second);
  const isReal =
    date.getMonth() === month - 1 && date.getDate() === day && hour < 24 && minute < 60 && second < 60;
  if (match !== null && isReal) return date.getTime();
  context.addIssue({ code: 'custom', message: 'a time as 2024-05-01 10:30:00' });
  return z.NEVER;
}

function localText(time: number): string {
  const date = new Date(time);
  const two = (value: number): string => String(value).padStart(2, '0');
  const day = `${date.getFullYear()}-${two(date.getMonth() + 1)}-${two(date.getDate())}`;
  return `${day} ${two(date.getHours())}:${two(date.getMinutes())}:${two(date.getSeconds())}`;
}
