import type { EventLog } from '../events/event-log.ts';
import type { Logger } from '../observability/log.ts';
import type { LeaseRecord, TimedInstance } from './lease-record.ts';
import { shownTime } from './shown-time.ts';
import type { PostWebhook } from './webhook.ts';

/** What others are told of leases: by events and, where one is set, by a webhook. */
export interface Announce {
  lease(lease: LeaseRecord, what: LeaseNews): Promise<void>;
  backfill(timed: TimedInstance, what: 'warning' | 'stopped'): Promise<void>;
}

export type LeaseNews =
  'booked' | 'changed' | 'cancelled' | 'started' | 'start-failed' | 'warning' | 'ending' | 'ended' | 'failed';

/** @returns promises that resolve when the webhook was reached or given up; they never reject */
export function createAnnounce(parts: {
  readonly events: Pick<EventLog, 'append'>;
  readonly post: PostWebhook;
  readonly now: () => number;
  readonly log: Pick<Logger, 'warn'>;
}): Announce {
  const { events, post, now, log } = parts;
  const send = async (event: string, key: string, body: object): Promise<void> => {
    try {
      await post({ id: key, event, time: shownTime(now()), ...body });
    } catch (error) {
      log.warn({ err: error, event, key }, 'the webhook of leases was not reached');
    }
  };
  return {
    lease(lease, what) {
      const { id, name, state, instance, interval, version } = lease;
      events.append({
        kind: 'lease',
        type: what === 'booked' ? 'added' : what === 'warning' ? 'warning' : 'changed',
        id,
        name,
        state,
        about: [
          lease.owner,
          ...(instance === null ? [] : [instance]),
          ...(lease.recurrence === null ? [] : [lease.recurrence]),
        ],
      });
      const key =
        what === 'warning'
          ? `${id}/warning/${interval.end}/${lease.warned?.beforeMs ?? 0}`
          : `${id}/${version}`;
      return send(`lease.${what}`, key, { lease: shownLease(lease) });
    },
    backfill(timed, what) {
      const { instance, name, until, owner } = timed;
      events.append({
        kind: 'lease',
        type: what === 'warning' ? 'warning' : 'changed',
        id: instance,
        name,
        state: what === 'warning' ? 'backfill' : 'released',
        about: [owner],
      });
      return send(`backfill.${what}`, `${instance}/${what}/${until ?? 0}/${timed.warned?.beforeMs ?? 0}`, {
        instance: { uuid: instance, name, owner, until: until === null ? null : shownTime(until) },
      });
    },
  };
}

function shownLease(lease: LeaseRecord): object {
  const { id, name, owner, state, interval, instance, devices, endAction, problem, recurrence } = lease;
  return {
    id,
    name,
    owner,
    state,
    start: shownTime(interval.start),
    end: shownTime(interval.end),
    instance,
    devices,
    endAction,
    recurrence,
    problem,
  };
}
