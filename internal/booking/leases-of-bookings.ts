import { ProtiumError } from '../errors/protium-error.ts';
import type { LeaseRecord } from '../leases/lease-record.ts';
import type { Leases } from '../leases/leases.ts';
import { readSpec } from '../spec/read-spec.ts';
import type { BookedState, BookingLeases } from './booking-leases.ts';

const graceMs = 60_000;
const warnBeforeMs = [30 * 60_000, 5 * 60_000];

/** internal/leases in the words of booking. */
export function leasesOfBookings(leases: Pick<Leases, 'create' | 'cancel' | 'get' | 'list'>): BookingLeases {
  return {
    async create({ owner, name, start, end, config, idempotencyKey, validateOnly }) {
      const read = readSpec(config);
      if (!read.ok) {
        const problems = read.errors.map(({ path, message }) => `${path}: ${message}`).join(' ');
        throw new ProtiumError('argument-invalid', problems);
      }
      const made = await leases.create({
        owner,
        creator: owner,
        name,
        wish: { spec: read.spec, flavor: null, namedDevices: [] },
        start,
        end,
        durationMs: 0,
        launch: true,
        endAction: 'delete',
        graceMs,
        warnBeforeMs,
        repeat: null,
        idempotencyKey,
        validateOnly,
      });
      return { id: made.leases[0]?.id ?? '' };
    },
    async cancel(lease, { validateOnly }) {
      await leases.cancel({ lease, etag: '', validateOnly });
    },
    get(id) {
      try {
        return stateOf(leases.get(id));
      } catch (error) {
        if (error instanceof ProtiumError && error.code === 'not-found') return undefined;
        throw error;
      }
    },
    named: (owner, name) =>
      leases.list({ owner, states: [], limit: 100_000 }).find((lease) => lease.name === name)?.id,
  };
}

function stateOf({ state, interval, instance, devices }: LeaseRecord): BookedState {
  const phase =
    state === 'pending' ? 'before' : state === 'active' || state === 'ending' ? 'running' : 'over';
  return { phase, start: interval.start, end: interval.end, instance, devices };
}
