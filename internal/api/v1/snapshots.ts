import { ProtiumError } from '../../errors/protium-error.ts';
import type { BeginChange, Change } from '../../instances/changes/begin-change.ts';
import type { CreateSnapshot } from '../../instances/snapshots/create.ts';
import type { DeleteSnapshot } from '../../instances/snapshots/delete.ts';
import type { Snapshot as Kept } from '../../instances/snapshots/read-snapshots.ts';
import type { RevertSnapshot } from '../../instances/snapshots/revert.ts';
import type { SnapshotList } from '../../instances/snapshots/snapshots.ts';
import {
  SnapshotsServiceClient,
  type Snapshot,
  type SnapshotsServiceServer,
} from '../grpc/generated/protium/v1/snapshots.ts';
import { begunChange, instanceNamed, type InstanceNaming } from './instance-named.ts';
import { requireName } from './names.ts';
import { pageOf } from './page.ts';
import { v1Service, type V1Service } from './service.ts';

export interface SnapshotsSource extends InstanceNaming {
  readonly parts: {
    readonly begin: BeginChange;
    readonly snapshots: SnapshotList;
    readonly changes: {
      readonly createSnapshot: Change<CreateSnapshot>;
      readonly revertSnapshot: Change<RevertSnapshot>;
      readonly deleteSnapshot: Change<DeleteSnapshot>;
    };
  };
}

const longestDescription = 4096;

/** protium.v1.SnapshotsService. */
export function snapshotsService(source: SnapshotsSource): V1Service {
  const { begin, snapshots, changes } = source.parts;
  const uuidOf = (named: string): string => instanceNamed(source, named).uuid;
  return v1Service<SnapshotsServiceServer>(SnapshotsServiceClient, {
    createSnapshot: async (request) => {
      const { name, memory, quiesce, validateOnly, idempotencyKey } = request;
      requireName(name, 'name');
      if (request.description.length > longestDescription) {
        throw invalid('description', `A description has at most ${longestDescription} characters.`);
      }
      if (idempotencyKey.length > 255) throw invalid('idempotency_key', 'A key has at most 255 characters.');
      const description = request.description === '' ? null : request.description;
      const wanted = { name, description, memory, quiesce };
      const begun = await begin(
        changes.createSnapshot,
        uuidOf(request.instance),
        (target) => ({ ...target, ...wanted }),
        { validateOnly, idempotencyKey },
      );
      return begunChange(source, begun);
    },
    listSnapshots: async (request) => {
      const { limit = 100, after } = pageOf(request);
      const all = await snapshots.list(uuidOf(request.instance));
      const from = after === undefined ? 0 : placeAfter(all, after);
      const page = all.slice(from, from + limit);
      const last = page.at(-1);
      const more = last !== undefined && all.at(-1) !== last;
      return { snapshots: page.map(encodeSnapshot), nextPageToken: more ? tokenOf(last) : '' };
    },
    getSnapshot: async ({ instance, snapshot }) => ({
      snapshot: encodeSnapshot(await snapshots.get(uuidOf(instance), snapshot)),
    }),
    revertSnapshot: async ({ instance, snapshot: name, validateOnly }) =>
      begunChange(
        source,
        await begin(changes.revertSnapshot, uuidOf(instance), (target) => ({ ...target, name }), {
          validateOnly,
        }),
      ),
    deleteSnapshot: async ({ instance, snapshot: name, validateOnly }) =>
      begunChange(
        source,
        await begin(changes.deleteSnapshot, uuidOf(instance), (target) => ({ ...target, name }), {
          validateOnly,
        }),
      ),
  });
}

function encodeSnapshot(snapshot: Kept): Snapshot {
  const { name, description, createdAt, kind, state, parent, current, disks } = snapshot;
  return {
    name,
    description: description ?? undefined,
    createTime: new Date(createdAt),
    kind,
    state,
    parent: parent ?? undefined,
    current,
    disks: disks.map(({ target }) => target),
  };
}

/** A token names the last snapshot of a page. */
function tokenOf({ createdAt, name }: Kept): string {
  return Buffer.from(`${createdAt}/${name}`).toString('base64url');
}

/** Where the next page begins. A snapshot that is gone since has its place by its time. */
function placeAfter(all: readonly Kept[], token: string): number {
  const [, time, last] = /^([^/]*)\/(.*)$/s.exec(Buffer.from(token, 'base64url').toString('utf8')) ?? [];
  if (time === undefined || last === undefined) {
    throw invalid('page_token', 'This is no next_page_token of an answer.');
  }
  const known = all.findIndex(({ createdAt, name }) => createdAt === time && name === last);
  if (known !== -1) return known + 1;
  const next = all.findIndex(
    ({ createdAt, name }) => createdAt > time || (createdAt === time && name > last),
  );
  return next === -1 ? all.length : next;
}

function invalid(field: string, message: string): ProtiumError {
  return new ProtiumError('argument-invalid', message, { details: { field } });
}
