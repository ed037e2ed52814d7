import type { InstanceRecord } from '../../../internal/instances/documents/metadata.ts';
import type { LiveViewChange } from '../../../internal/libvirt/live-view/live-view.ts';
import type { DomainView } from '../../../internal/libvirt/live-view/views.ts';
import type { Database } from '../../../internal/store/database.ts';
import { createUsage, type FollowedUsage } from '../../../internal/usage/follow-usage.ts';
import { createRunStore } from '../../../internal/usage/run-store.ts';

export const owner = 'a'.repeat(32);

interface FakeDomain {
  id: number | null;
  tags: readonly string[];
  description: string | null;
}

/** A host whose clocks the test turns, with domains that it starts and stops, and daemons that follow them. */
export class World {
  wall = Date.UTC(2026, 10, 10);
  uptime = 1000;
  bootId = 'first';
  followed = true;
  prices: Record<string, number> | null = { small: 0.1 };
  readonly paying = new Map<string, string>();
  readonly domains = new Map<string, FakeDomain>();
  #lastId = 0;
  #listeners = new Set<(change: LiveViewChange) => void>();
  #timers = new Set<() => void>();
  readonly #database: Database;

  constructor(database: Database) {
    this.#database = database;
  }

  daemon(): FollowedUsage {
    const usage = createUsage({
      view: {
        status: () => ({ connected: this.followed, ageMs: this.followed ? 0 : 5 }) as never,
        domains: () => [...this.domains.keys()].map((uuid) => this.#view(uuid)),
        domain: (uuid) => (this.domains.has(uuid) ? this.#view(uuid) : undefined),
        onChange: (listener) => {
          this.#listeners.add(listener);
          return () => this.#listeners.delete(listener);
        },
      },
      records: {
        of: ({ uuid }) =>
          uuid === 'foreign'
            ? null
            : ({
                owner,
                name: uuid,
                spec: { tags: this.domains.get(uuid)?.tags },
              } as unknown as InstanceRecord),
      },
      store: createRunStore(this.#database),
      now: () => ({ wall: this.wall, uptime: this.uptime, bootId: this.bootId }),
      clock: {
        now: () => this.wall,
        after: (_ms, call) => {
          this.#timers.add(call);
          return () => this.#timers.delete(call);
        },
      },
      priceOf: (flavor) =>
        this.prices === null
          ? Promise.reject(new Error('unread'))
          : Promise.resolve(this.prices[flavor] ?? 0),
      subscriptionOf: (uuid) => this.paying.get(uuid) ?? null,
      log: {
        error: ({ err }: { err: Error }) => {
          throw err;
        },
        warn: () => undefined,
      } as never,
    });
    usage.start();
    return usage;
  }

  /** The daemon is killed: it notes nothing more. */
  kill(): void {
    this.#listeners.clear();
    this.#timers.clear();
  }

  pass(ms: number): void {
    this.wall += ms;
    this.uptime += ms;
  }

  beat(): void {
    const due = [...this.#timers];
    this.#timers.clear();
    for (const call of due) call();
  }

  start(uuid: string): void {
    this.#lastId += 1;
    const before = this.domains.get(uuid);
    this.domains.set(uuid, { tags: ['flavor:small'], description: null, ...before, id: this.#lastId });
    this.tell(uuid);
  }

  stop(uuid: string): void {
    const domain = this.domains.get(uuid);
    if (domain !== undefined) domain.id = null;
    this.tell(uuid);
  }

  remove(uuid: string): void {
    this.domains.delete(uuid);
    this.tell(uuid);
  }

  /** As the live view does while libvirt is there. */
  tell(uuid: string): void {
    if (!this.followed) return;
    for (const listener of this.#listeners) {
      listener({ kind: 'domain', type: 'changed', id: uuid, name: uuid, revision: 0 });
    }
  }

  /** libvirt is gone; what it had stays shown. */
  lose(): void {
    this.followed = false;
  }

  /** It is back: everything is read, and only then followed. */
  find(): void {
    for (const listener of this.#listeners) {
      for (const uuid of this.domains.keys()) {
        listener({ kind: 'domain', type: 'changed', id: uuid, name: uuid, revision: 0 });
      }
    }
    this.followed = true;
  }

  boot(): void {
    this.uptime = 0;
    this.bootId += '+';
    this.#lastId = 0;
    for (const domain of this.domains.values()) domain.id = null;
  }

  #view(uuid: string): DomainView {
    const domain = this.domains.get(uuid);
    return {
      uuid,
      name: uuid,
      id: domain?.id ?? null,
      description: domain?.description ?? null,
    } as DomainView;
  }
}
