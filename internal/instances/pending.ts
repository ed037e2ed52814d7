import type { Images } from '../images/image.ts';
import { isFinal } from '../operations/model.ts';
import type { Operations } from '../operations/operations.ts';
import type { Claim } from '../placement/claim.ts';
import { claimOfPlan } from './claims.ts';
import { holdImages } from './register/image-holds.ts';
import type { RegisterInput } from './register/shape.ts';

/** What operations under way hold: from before they are journalled until they have ended, undo included. */
export interface PendingInstances {
  claims(): readonly Claim[];
  /** Names of domains that are about to be. */
  domainNames(): ReadonlySet<string>;
  /** The first that is so. */
  find(matches: (entry: PendingInstance) => boolean): PendingInstance | undefined;
  /** Of those that are being made. */
  inputs(): readonly RegisterInput[];
  /** Holds what the input says from now on, until `done` is settled. */
  add(input: RegisterInput, done: Promise<unknown>): void;
  /** Files that are to be disks of VMs, with the names of these. */
  disks(): readonly { readonly path: string; readonly domain: string }[];
  /** Differs whenever claims() does. */
  revision(): number;
}

export interface PendingInstance {
  readonly input: RegisterInput;
  readonly done: Promise<unknown>;
}

/** Also holds what an earlier daemon left unfinished, until it is settled: images too. */
export function createPending(operations: Operations, images: Pick<Images, 'hold'>): PendingInstances {
  const entries = new Map<string, PendingInstance & { readonly claim: Claim }>();
  let revision = 0;
  let claims: readonly Claim[] | null = null;
  const changed = (): void => {
    claims = null;
    revision += 1;
  };
  const hold = (input: RegisterInput, done: Promise<unknown>): void => {
    const holder = { uuid: input.uuid, name: input.domain };
    entries.set(input.uuid, { input, claim: claimOfPlan(holder, 'operation', input.plan), done });
    changed();
  };
  const drop = (uuid: string): void => {
    if (entries.delete(uuid)) changed();
  };
  for (const { id, input } of operations.list({ kind: 'instance.register', state: unfinished, limit: 1000 })
    .operations) {
    const left = input as unknown as RegisterInput;
    const release = holdImages(images, left);
    const unwatch = operations.watch(id, (record) => {
      if (!isFinal(record.state)) return;
      unwatch();
      release();
      drop(left.uuid);
    });
    hold(left, Promise.resolve());
  }
  return {
    claims: () => (claims ??= [...entries.values()].map(({ claim }) => claim)),
    domainNames: () => new Set([...entries.values()].map(({ input }) => input.domain)),
    inputs: () => [...entries.values()].map(({ input }) => input),
    find: (matches) => [...entries.values()].find(matches),
    add(input, done) {
      hold(input, done);
      const end = () => drop(input.uuid);
      done.then(end, end);
    },
    disks: () =>
      [...entries.values()].flatMap(({ input: { domain, volumes } }) =>
        volumes.flatMap(({ path }) => (path === null ? [] : [{ path, domain }])),
      ),
    revision: () => revision,
  };
}

const unfinished = ['queued', 'running', 'undoing'] as const;
