import { seenItems } from './seen-items.ts';
import { sees } from '../../authorization/decide.ts';
import { InvalidFields } from '../../errors/invalid-fields.ts';
import { invalidArgument } from '../../errors/invalid-argument.ts';
import { configOfFlavor } from '../../flavors/config-of-flavor.ts';
import type { Flavors } from '../../flavors/flavor.ts';
import type { Images } from '../../images/image.ts';
import type { KeyPairs } from '../../key-pairs/key-pair.ts';
import { normaliseAddress } from '../../leases/named-device.ts';
import type { LeaseState } from '../../leases/lease.ts';
import type { BookedWish, CreateLease, Leases } from '../../leases/leases.ts';
import { readCanallocateBody } from '../../spec/register-body.ts';
import type { GuestSetup } from '../../spec/spec.ts';
import {
  LeasesServiceClient,
  type CreateLeaseRequest,
  type LeasesServiceServer,
  type LeaseWish,
} from '../grpc/generated/protium/v1/leases.ts';
import { encodeLease, encodeStep, totalOf } from './encode-lease.ts';
import { requireName } from './names.ts';
import { creatorOf } from './owned-by.ts';
import { ownerOf, ownerOrAdministrator } from './owner.ts';
import { pageOf } from './page.ts';
import { v1Service, type V1Service } from './service.ts';

export interface LeasesSource {
  readonly leases: Leases;
  readonly flavors: Pick<Flavors, 'get'>;
  readonly images: Pick<Images, 'get' | 'list'>;
  readonly keyPairs: Pick<KeyPairs, 'publicKeys'>;
}

const states: readonly LeaseState[] = ['pending', 'active', 'ending', 'ended', 'cancelled', 'failed'];
const endActions = ['stop', 'snapshot', 'delete'] as const;
const weekMs = 7 * 86_400_000;
const longestCalendarMs = 92 * 86_400_000;
/** A date that a timestamp can have and that no sum makes invalid. */
const longestMs = 100 * 366 * 86_400_000;

/** protium.v1.LeasesService. */
export function leasesService(source: LeasesSource): V1Service {
  const { leases } = source;
  return v1Service<LeasesServiceServer>(LeasesServiceClient, {
    createLease: async (request, { caller }) => {
      const made = await leases.create({ ...(await createOf(source, request)), ...creatorOf(caller) });
      return { leases: made.leases.map(encodeLease), notices: [...made.notices] };
    },
    listHostLeases: (request, { caller }) => {
      const { limit = 100, after } = pageOf(request);
      const { owner, recurrence } = request;
      const query = {
        ...(owner !== '' && { owner: ownerOf(owner) }),
        ...(recurrence !== '' && { recurrence: recurrence.toLowerCase() }),
        states: request.states.map(stateOf),
        ...(request.fromTime !== undefined && { from: request.fromTime.getTime() }),
        ...(request.untilTime !== undefined && { until: request.untilTime.getTime() }),
      };
      const found = seenItems({
        read: (from: Place | undefined, most) =>
          leases.list({ ...query, ...(from !== undefined && { after: from }), limit: most }),
        placeOf: ({ interval: { start }, id }) => ({ start, id }),
        isSeen: (lease) => sees(caller, lease.owner),
        after: after === undefined ? undefined : placeOf(after),
        limit: limit + 1,
      });
      const page = found.slice(0, limit);
      const last = page.at(-1);
      const token = last === undefined || found.length <= limit ? '' : `${last.interval.start}/${last.id}`;
      return { leases: page.map(encodeLease), nextPageToken: Buffer.from(token).toString('base64url') };
    },
    getLease: ({ lease }) => ({ lease: encodeLease(leases.get(named(lease))) }),
    updateLease: async ({ lease, startTime, endTime, etag, validateOnly }) => {
      if (startTime === undefined && endTime === undefined) {
        throw invalidArgument('end_time', 'Neither start_time nor end_time is given: nothing would change.');
      }
      const updated = await leases.update({
        lease: named(lease),
        start: timeOf(startTime, 'start_time'),
        end: timeOf(endTime, 'end_time'),
        etag,
        validateOnly,
      });
      return { lease: encodeLease(updated) };
    },
    cancelLease: async ({ lease, etag, validateOnly }) => {
      const cancelled = await leases.cancel({ lease: named(lease), etag, validateOnly });
      return { leases: cancelled.map(encodeLease) };
    },
    findLeaseAvailability: async (request, { caller }) => {
      if (request.limit > 100) throw invalidArgument('limit', 'limit is at most 100.');
      const answer = await leases.availability({
        owner: ownerOrAdministrator(request.owner),
        ...creatorOf(caller),
        wish: await wishOf(source, request.wish, 'lease'),
        durationMs: durationOf(request.durationSeconds),
        from: timeOf(request.fromTime, 'from_time'),
        until: timeOf(request.untilTime, 'until_time'),
        limit: request.limit === 0 ? 5 : request.limit,
      });
      return {
        windows: answer.windows.map(({ start, latestStart, devices }) => ({
          startTime: new Date(start),
          latestStartTime: new Date(latestStart),
          devices: [...devices],
        })),
        shortages: [...answer.shortages],
      };
    },
    getLeaseCalendar: async ({ fromTime, untilTime }, { caller }) => {
      const start = timeOf(fromTime, 'from_time') ?? Date.now();
      const end = timeOf(untilTime, 'until_time') ?? start + weekMs;
      if (end <= start || end - start > longestCalendarMs) {
        throw invalidArgument('until_time', 'It is after from_time, and at most 92 days after.');
      }
      const calendar = await leases.calendar({ start, end });
      return {
        fromTime: new Date(start),
        untilTime: new Date(end),
        capacity: totalOf(calendar.capacity),
        steps: calendar.steps.map(encodeStep),
        leases: calendar.leases.filter(({ owner }) => sees(caller, owner)).map(encodeLease),
      };
    },
  });
}

async function createOf(source: LeasesSource, request: CreateLeaseRequest): Promise<CreateLease> {
  const { name, endAction, repeat, repeatUntil, timeZone, idempotencyKey, holdOnly, noWarning } = request;
  requireName(name, 'name');
  if (idempotencyKey.length > 255) {
    throw invalidArgument('idempotency_key', 'A key has at most 255 characters.');
  }
  const owner = ownerOrAdministrator(request.owner);
  const end = timeOf(request.endTime, 'end_time');
  if (end !== null && request.durationSeconds !== 0n) {
    throw invalidArgument('duration_seconds', 'Either end_time or duration_seconds says when it ends.');
  }
  const action = endActions.find((each) => each === (endAction === '' ? 'stop' : endAction));
  if (action === undefined) throw invalidArgument('end_action', 'It is stop, snapshot or delete.');
  const graceSeconds = request.graceSeconds ?? 120;
  if (graceSeconds > 3600) throw invalidArgument('grace_seconds', 'grace_seconds is at most 3600.');
  const warnings = request.warnBeforeSeconds;
  if (warnings.length > 16) throw invalidArgument('warn_before_seconds', 'There may be 16 warnings.');
  if (noWarning && warnings.length > 0) {
    throw invalidArgument('no_warning', 'Warnings are named: say either when to warn or not to.');
  }
  const warnSeconds = noWarning ? [] : warnings.length === 0 ? [3600, 600] : warnings;
  if (repeat === '' && (repeatUntil !== undefined || timeZone !== '')) {
    throw invalidArgument('repeat', 'Without repeat there is nothing to end, and no zone to keep to.');
  }
  const wish = await wishOf(source, request.wish, name);
  if (holdOnly && request.keyPairs.length > 0) {
    throw invalidArgument('key_pairs', 'Nothing is launched (hold_only): no key is let in.');
  }
  const keys = source.keyPairs.publicKeys(owner, request.keyPairs);
  return {
    owner,
    name,
    wish: { ...wish, spec: { ...wish.spec, guest: withKeys(wish.spec.guest, keys) } },
    start: timeOf(request.startTime, 'start_time'),
    end,
    durationMs: end === null ? durationOf(request.durationSeconds) : 0,
    launch: !holdOnly,
    endAction: action,
    graceMs: graceSeconds * 1000,
    warnBeforeMs: warnSeconds.map((each) => each * 1000),
    repeat:
      repeat === ''
        ? null
        : {
            rule: repeat,
            until: timeOf(repeatUntil, 'repeat_until'),
            timeZone: timeZone === '' ? null : timeZone,
          },
    idempotencyKey,
    validateOnly: request.validateOnly,
  };
}

async function wishOf(
  source: Pick<LeasesSource, 'flavors' | 'images'>,
  wish: LeaseWish | undefined,
  name: string,
): Promise<BookedWish> {
  const { config, flavor, image, namedDevices } = wish ?? { flavor: '', image: '', namedDevices: [] };
  if ((config === undefined) === (flavor === '')) {
    throw invalidArgument('wish', 'What is to be leased? Give either a config or a flavor.');
  }
  if (flavor === '' && image !== '') {
    throw invalidArgument('wish.image', 'A config names its images itself; an image goes with a flavor.');
  }
  const read = readCanallocateBody(config ?? (await flavorConfig(source, flavor, image, name)));
  if (!read.ok) throw new InvalidFields(read.errors);
  if (namedDevices.length > 64) throw invalidArgument('wish.named_devices', 'At most 64 devices are named.');
  const addresses = namedDevices.map((address) => {
    const normal = normaliseAddress(address);
    if (normal !== null) return normal;
    throw invalidArgument('wish.named_devices', 'A device is named by its address, such as 0000:01:00.0.');
  });
  const spec = { ...read.spec, name };
  return { spec, flavor: flavor === '' ? null : flavor, namedDevices: [...new Set(addresses)].sort() };
}

async function flavorConfig(
  { flavors, images }: Pick<LeasesSource, 'flavors' | 'images'>,
  name: string,
  imageName: string,
  vmName: string,
) {
  const flavor = await flavors.get(name);
  if (flavor === undefined) {
    throw invalidArgument('wish.flavor', `There is no flavor "${name}" on this host (protium flavor list).`);
  }
  if (flavor.limited)
    throw invalidArgument('wish.flavor', `The flavor "${name}" is kept back by the operator.`);
  const image = images.get(imageName) ?? images.list().find((each) => each.name === imageName);
  if (imageName !== '' && image === undefined) {
    throw invalidArgument('wish.image', `There is no image "${imageName}" (protium image list).`);
  }
  return configOfFlavor(flavor, {
    name: vmName,
    image: image?.id ?? null,
    imageBytes: image?.virtualSizeBytes ?? 0,
    sshKeys: [],
    description: '',
    tags: [],
  });
}

/** Keys that are not in the config let in as those do that are. */
function withKeys(guest: GuestSetup | null, keys: readonly string[]): GuestSetup | null {
  if (keys.length === 0) return guest;
  const { sshKeys, ...rest } = guest ?? { username: null, password: null, sshKeys: [], userData: null };
  return { ...rest, sshKeys: [...new Set([...sshKeys, ...keys])] };
}

function durationOf(seconds: bigint): number {
  const milliseconds = Number(seconds) * 1000;
  if (milliseconds >= 1000 && milliseconds <= longestMs) return milliseconds;
  throw invalidArgument('duration_seconds', 'For how long? At least a second, at most a hundred years.');
}

/** Leases are of whole seconds: parts of one are left out. */
function timeOf(time: Date | undefined, field: string): number | null {
  if (time === undefined) return null;
  const at = time.getTime();
  if (at >= 0 && at < 1e14) return Math.floor(at / 1000) * 1000;
  throw invalidArgument(field, 'That is no time that can be booked.');
}

function stateOf(name: string): LeaseState {
  const found = states.find((state) => state === name.toLowerCase());
  if (found !== undefined) return found;
  throw invalidArgument('states', `A lease is ${states.join(', ')}.`);
}

function named(lease: string): string {
  if (lease !== '') return lease;
  throw invalidArgument('lease', 'Which lease? Its id or its name.');
}

interface Place {
  readonly start: number;
  readonly id: string;
}

function placeOf(token: string): Place {
  const [, start, id] =
    /^(-?\d{1,16})\/([0-9a-f-]{36})$/.exec(Buffer.from(token, 'base64url').toString('utf8')) ?? [];
  if (start !== undefined && id !== undefined) return { start: Number(start), id };
  throw invalidArgument('page_token', 'This is no next_page_token of an answer.');
}
