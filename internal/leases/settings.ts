import { readFile, stat } from 'node:fs/promises';
import { parse } from 'yaml';
import { z } from 'zod';
import { ProtiumError } from '../errors/protium-error.ts';
import type { LeasePolicy } from './policy.ts';
import { leasePolicyOf } from './policy-settings.ts';
import { dayMs } from './zone-time.ts';

const seconds = (least: number, most: number) => z.number().min(least).max(most);

const settingsSchema = z.strictObject({
  policy: z.unknown().optional(),
  webhook: z
    .strictObject({
      url: z
        .url({ protocol: /^https?$/, error: 'an http or https URL' })
        .refine((url) => new URL(url).username === '' && new URL(url).password === '', {
          error: 'without user and password: give a secret instead',
        }),
      secret: z.string().min(16, 'at least 16 characters').max(1000).nullable().default(null),
      timeoutSeconds: seconds(1, 60).default(10),
    })
    .nullable()
    .default(null),
  keepDays: z
    .union([z.number().min(32, 'at least 32: quotas look so far back').max(36_500), z.literal('max')])
    .transform((days) => (days === 'max' ? null : days))
    .default(400),
  backfill: z
    .strictObject({
      leastSeconds: seconds(1, 30 * 86_400).default(600),
      stopBeforeSeconds: seconds(1, 3600).default(60),
      warnBeforeSeconds: z
        .array(seconds(1, 30 * 86_400))
        .max(16)
        .default([600]),
    })
    .prefault({}),
});

/** What an operator says of leases. */
export interface LeaseSettings {
  readonly policy: LeasePolicy;
  readonly webhook: {
    readonly url: string;
    readonly secret: string | null;
    readonly timeoutMs: number;
  } | null;
  /** How long leases are kept that are over; null: for ever. */
  readonly keepMs: number | null;
  readonly backfill: {
    readonly leastMs: number;
    readonly stopBeforeMs: number;
    readonly warnBeforeMs: readonly number[];
  };
}

/** The settings as the file has them now. */
export interface LeaseSettingsSource {
  /** Reads the file again when it has changed. Rejects with `argument-invalid`, `file-not-found`. */
  read(): Promise<LeaseSettings>;
  /** As they were read last without a problem. */
  last(): LeaseSettings;
}

/** @param file YAML or JSON; null: there is none */
export function createLeaseSettings(file: string | null): LeaseSettingsSource {
  let last = parseLeaseSettings('', '');
  let stamp = '';
  return {
    async read() {
      if (file === null) return last;
      try {
        const { mtimeMs, size, ino } = await stat(file);
        const now = `${mtimeMs}/${size}/${ino}`;
        if (now !== stamp) {
          last = parseLeaseSettings(await readFile(file, 'utf8'), file);
          stamp = now;
        }
        return last;
      } catch (error) {
        if (error instanceof ProtiumError) throw error;
        throw new ProtiumError(
          'file-not-found',
          `The settings of leases, ${file} (PROTIUM_LEASES), cannot be read.`,
          {
            cause: error,
            details: { path: file },
          },
        );
      }
    },
    last: () => last,
  };
}

/** @throws ProtiumError `argument-invalid`, with every problem */
export function parseLeaseSettings(text: string, file: string): LeaseSettings {
  const wrong = (problems: readonly string[], cause?: unknown) =>
    new ProtiumError(
      'argument-invalid',
      `The settings of leases, ${file} (PROTIUM_LEASES), are not valid:\n${problems.map((line) => `  - ${line}`).join('\n')}`,
      { details: { path: file, problems }, cause },
    );
  let value: unknown;
  try {
    value = parse(text, { logLevel: 'error' });
  } catch (error) {
    throw wrong([error instanceof Error ? error.message : String(error)], error);
  }
  const read = settingsSchema.safeParse(value ?? {});
  if (!read.success) throw wrong(z.prettifyError(read.error).split('\n'));
  const { policy, webhook, keepDays, backfill } = read.data;
  return {
    policy: leasePolicyOf(policy, `${file} (PROTIUM_LEASES)`),
    webhook:
      webhook === null
        ? null
        : { url: webhook.url, secret: webhook.secret, timeoutMs: webhook.timeoutSeconds * 1000 },
    keepMs: keepDays === null ? null : keepDays * dayMs,
    backfill: {
      leastMs: backfill.leastSeconds * 1000,
      stopBeforeMs: backfill.stopBeforeSeconds * 1000,
      warnBeforeMs: backfill.warnBeforeSeconds.map((each) => each * 1000),
    },
  };
}
