import { Option, type Command } from 'commander';
import { LeasesServiceService } from '../../../internal/api/grpc/generated/protium/v1/leases.ts';
import { Failure } from '../failure.ts';
import { collectDurations, parseDuration, timeGiven } from '../lease-time.ts';
import { addWishOptions, wishOf, type WishOptions } from '../lease-wish.ts';
import { leaseTable } from '../output/lease-text.ts';
import type { RunSession } from '../session.ts';
import { collect } from './collect.ts';

interface LeaseCreateOptions extends WishOptions {
  readonly start: string;
  readonly end?: string;
  readonly for?: number;
  readonly hold?: boolean;
  readonly endAction: string;
  readonly grace?: number;
  readonly warn?: readonly number[];
  readonly warning: boolean;
  readonly repeat: string;
  readonly until?: string;
  readonly zone: string;
  readonly idempotencyKey: string;
  readonly dryRun?: boolean;
}

export function addLeaseCreateCommand(parent: Command, run: RunSession): void {
  addWishOptions(
    parent
      .command('create')
      .description('book a part of the host, and the instance that is launched on it')
      .argument('<name>', 'what it, and its instance, are to be called'),
  )
    .option('--start <time>', 'when it begins: now, 2026-12-01T14:00+01:00, 2026 12 01 14 00, 2-day', 'now')
    .option('--end <time>', 'when it ends, likewise; 1-day counts from the start')
    .option('--for <duration>', 'how long it is, instead of --end: 30m, 8h, 2d', parseDuration)
    .option('--hold', 'hold the capacity only: create --lease launches on it')
    .option(
      '--key <file|name>',
      'a file with a public key, or the name of a key pair; may be repeated',
      collect,
      [],
    )
    .option('--user-data <file>', "cloud-init's user-data; counts instead of that of a config")
    .addOption(
      new Option('--end-action <action>', 'what becomes of the instance at the end')
        .choices(['stop', 'snapshot', 'delete'])
        .default('stop'),
    )
    .option('--grace <duration>', 'how long its guest may take to shut down (default 2m)', parseDuration)
    .option('--warn <durations>', 'how long before the end it is warned (default 1h,10m)', collectDurations)
    .option('--no-warning', 'do not warn')
    .option('--repeat <rule>', 'make it again and again: daily, weekly:MO,WE, "every 2 weeks count 10"', '')
    .option('--until <time>', 'with --repeat: no start after this day, where the rule does not say so')
    .option('--zone <zone>', 'with --repeat: whose clock it keeps to (Europe/Rome)', '')
    .option('--owner <id>', 'for this client (32 hexadecimal digits)', '')
    .option('--idempotency-key <key>', 'the same key again means the same lease', '')
    .option('--dry-run', 'only check it')
    .action((name: string, options: LeaseCreateOptions, command: Command) =>
      run(command, async (session) => {
        const { start, end, hold = false, dryRun: validateOnly = false, until } = options;
        if ((end === undefined) === (options.for === undefined)) {
          throw new Failure('usage', 'Until when? Either --end or --for says it.', { exit: 'usage' });
        }
        const { wish, keyPairs } = await wishOf(session, options);
        const method = LeasesServiceService.createLease;
        const startTime = timeGiven(start, 'start');
        const answer = await session.daemon.call(method, {
          name,
          owner: options.owner,
          wish,
          startTime: startTime ?? undefined,
          endTime: end === undefined ? undefined : (timeGiven(end, 'end', startTime) ?? new Date()),
          durationSeconds: BigInt(options.for ?? 0),
          holdOnly: hold,
          keyPairs,
          endAction: options.endAction,
          graceSeconds: options.grace,
          warnBeforeSeconds: [...(options.warn ?? [])],
          noWarning: !options.warning,
          repeat: options.repeat,
          repeatUntil: until === undefined ? undefined : (timeGiven(until, 'until') ?? new Date()),
          timeZone: options.zone,
          idempotencyKey: options.idempotencyKey,
          validateOnly,
        });
        const { leases, notices } = answer;
        for (const notice of notices) session.output.note(`note: ${notice}`);
        session.output.answer(method, answer, {
          names: validateOnly ? [] : leases.map(({ id }) => id),
          text: () => `${validateOnly ? 'It could be booked:\n' : ''}${leaseTable(leases)}`,
        });
      }),
    );
}
