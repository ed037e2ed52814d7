import { sees } from '../../authorization/decide.ts';
import { invalidArgument } from '../../errors/invalid-argument.ts';
import type { Usage, UsageRecord as Kept } from '../../usage/usage.ts';
import {
  UsageServiceClient,
  type UsageRecord,
  type UsageServiceServer,
} from '../grpc/generated/protium/v1/usage.ts';
import { listPage } from './list-page.ts';
import { ownerOf } from './owner.ts';
import { v1Service, type V1Service } from './service.ts';

/** protium.v1.UsageService. */
export function usageService(usage: Usage): V1Service {
  return v1Service<UsageServiceServer>(UsageServiceClient, {
    listUsage: (request, { caller }) => {
      const { owner, from, to, instance } = request;
      if (from !== undefined && to !== undefined && from > to) {
        throw invalidArgument('to', 'The end is before the beginning.');
      }
      const records = usage
        .list({
          ...(owner !== '' && { owner: ownerOf(owner) }),
          ...(from !== undefined && { from: from.toISOString() }),
          ...(to !== undefined && { to: to.toISOString() }),
        })
        .filter((record) => sees(caller, record.owner))
        .filter((record) => instance === '' || record.instance === instance.toLowerCase());
      const page = listPage(records, newestFirst, request);
      return { records: page.items.map(encode), nextPageToken: page.nextPageToken };
    },
  });
}

/** Of a later start, a smaller one. */
function newestFirst({ startedAt, id }: Kept): string {
  const before = Number.MAX_SAFE_INTEGER - Date.parse(startedAt);
  return `${String(before).padStart(16, '0')}/${id}`;
}

function encode({ tag, flavor, subscription, startedAt, endedAt, seconds, ...record }: Kept): UsageRecord {
  return {
    ...record,
    tag: tag ?? undefined,
    flavor: flavor ?? undefined,
    subscription: subscription ?? undefined,
    startTime: new Date(startedAt),
    endTime: endedAt === null ? undefined : new Date(endedAt),
    seconds: BigInt(seconds),
  };
}
