import { execa } from 'execa';
import { z } from 'zod';
import { asStorageError } from '../incoming/incoming-file.ts';
import { isNearlyFull } from '../incoming/nearly-full.ts';
import type { QemuImageReport } from './judge.ts';
import { limited, requireStarted } from './limited-process.ts';
import { refused } from './refusal.ts';
import type { SourceFormat } from './source-format.ts';

const reportSchema = z.looseObject({
  format: z.string(),
  'virtual-size': z.number().nonnegative(),
  encrypted: z.boolean().optional(),
  'backing-filename': z.string().optional(),
  'format-specific': z
    .looseObject({
      data: z.looseObject({ 'data-file': z.unknown(), corrupt: z.unknown() }).partial().optional(),
    })
    .optional(),
});

/** Reads what `qemu-img info --output=json` printed; null: it is something else. */
export function readImageReport(text: string): QemuImageReport | null {
  return reportSchema.safeParse(parseJson(text)).data ?? null;
}

/**
 * What qemu-img says of an image, without opening what lies below it.
 *
 * @param file an absolute path, so that it cannot be taken for a protocol
 * @throws ProtiumError `image-refused`, `unsupported`
 */
export async function inspectImage(
  file: string,
  format: SourceFormat,
  signal: AbortSignal,
): Promise<QemuImageReport> {
  const {
    file: program,
    args,
    options,
  } = limited('qemu-img', ['info', '-f', format, '--output=json', file], {
    cpuSeconds: 30,
    memoryBytes: 2 ** 30,
    fileBytes: 0,
    deadlineMs: 60_000,
    signal,
  });
  const result = await execa(program, args, { ...options, stdin: 'ignore', maxBuffer: 1024 * 1024 });
  signal.throwIfAborted();
  requireStarted(result, 'qemu-img', 'qemu-utils');
  const report = result.failed ? null : readImageReport(result.stdout);
  if (report !== null) return report;
  throw refused('malformed', `qemu-img cannot read it as ${format}${saying(result.stderr, file)}.`);
}

/**
 * Makes a qcow2 image of another one.
 *
 * @throws ProtiumError `image-refused`, `storage-full`
 */
export async function convertToQcow2(
  { file, format, target }: { readonly file: string; readonly format: SourceFormat; readonly target: string },
  maxBytes: number,
  signal: AbortSignal,
): Promise<void> {
  const {
    file: program,
    args,
    options,
  } = limited('qemu-img', ['convert', '-f', format, '-O', 'qcow2', file, target], {
    cpuSeconds: 3600,
    memoryBytes: 4 * 2 ** 30,
    fileBytes: maxBytes,
    deadlineMs: 2 * 3_600_000,
    signal,
  });
  const result = await execa(program, args, { ...options, stdin: 'ignore', stdout: 'ignore' });
  signal.throwIfAborted();
  if (!result.failed) return;
  requireStarted(result, 'qemu-img', 'qemu-utils');
  // qemu-img's exit status does not tell why; how much space is left does.
  if (await isNearlyFull(target)) throw asStorageError({ code: 'ENOSPC' }, target);
  throw refused('malformed', `it cannot be converted to qcow2${saying(result.stderr, file)}.`);
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
}

/** The program's own words, without our path in them. */
function saying(stderr: string | undefined, file: string): string {
  const line = stderr?.trim().split('\n').at(-1)?.replaceAll(file, 'the file') ?? '';
  return line === '' ? '' : ` (${line.slice(0, 300)})`;
}
