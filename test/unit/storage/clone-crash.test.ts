import { expect, it } from 'vitest';
import { createContentVolumes } from '../../../internal/images/content-volumes.ts';
import type { LibvirtClient } from '../../../internal/libvirt/client.ts';
import { LibvirtError } from '../../../internal/libvirt/error.ts';
import { virError } from '../../../internal/libvirt/error-code.ts';
import { cloneVolume } from '../../../internal/storage/volumes/clone-volume.ts';
import { child, textOf } from '../../../internal/xml/tree.ts';
import { parseXml } from '../../../internal/xml/parse.ts';
import { databasePath, engine, forEver, gate } from '../operations/fixture.ts';
import { noHolds } from '../subscriptions/no-holds.ts';

const source = { pool: 'p', name: 'source' };
const target = { pool: 'p', name: 'copy' };
const refusal = (code: number) =>
  new LibvirtError({ code, domain: 18, level: 2, message: 'refused', call: 'x' });

/** A pool of libvirt, which outlives the daemon's processes; a name leads to how much of the volume is there. */
type Pool = Map<string, 'whole' | 'half'>;

/** The pool as one process sees it. */
class FakeStorage {
  readonly calls: string[] = [];
  /** The process dies at this call, counted from 0: before it, while libvirt is at work, or just after it. */
  death: { readonly call: number; readonly when: 'before' | 'within' | 'after' } | null = null;
  readonly died = gate();
  /** How often libvirt still refuses to delete: it writes what nobody waits for any more. */
  busy = 0;
  readonly pool: Pool;

  constructor(pool: Pool) {
    this.pool = pool;
  }

  readonly client = {
    pools: {
      lookupByName: (name: string) => this.#call('pool', () => ({ name, uuid: 'u' })),
      refresh: () => this.#call('refresh', () => undefined),
      info: () => this.#call('info', () => ({ availableBytes: 1000n })),
    },
    volumes: {
      lookupByName: (_pool: unknown, name: string) =>
        this.#call('volume', () => {
          if (!this.pool.has(name)) throw refusal(virError.noStorageVolume);
          return { pool: 'p', name, key: name };
        }),
      xml: ({ name }: { name: string }) =>
        this.#call(
          'xml',
          () =>
            `<volume><name>${name}</name><capacity>100</capacity><allocation>10</allocation><target><format type="qcow2"/></target></volume>`,
        ),
      clone: (_pool: unknown, xml: string) => {
        const document = parseXml(xml);
        const name = textOf(child(document, 'name') ?? document);
        return this.#call(
          'clone',
          () => void this.pool.set(name, 'whole'),
          () => void this.pool.set(name, 'half'),
        );
      },
      delete: ({ name }: { name: string }) =>
        this.#call('delete', () => {
          if (this.busy > 0) {
            this.busy -= 1;
            throw refusal(virError.operationInvalid);
          }
          this.pool.delete(name);
        }),
    },
  } as unknown as LibvirtClient;

  async #call<T>(name: string, work: () => T, begin: () => void = () => undefined): Promise<T> {
    const place = this.calls.push(name) - 1;
    const { call = Infinity, when = 'before' } = this.death ?? {};
    if (place > call || (place === call && when === 'before')) return this.#die();
    begin();
    if (place === call && when === 'within') return this.#die();
    const result = await Promise.resolve().then(work);
    return place === call ? this.#die() : result;
  }

  #die(): Promise<never> {
    this.died.open();
    return forEver;
  }
}

/** A process of the daemon. */
function life(storage: FakeStorage, path: string) {
  const { client } = storage;
  const view = { refresh: () => Promise.resolve() };
  const ownership = { record: () => undefined, forget: () => undefined };
  const contents = createContentVolumes(client);
  const definition = cloneVolume({ client, view, contents, guard: noHolds, ownership });
  const operations = engine(path, [definition]);
  return { operations, start: () => operations.start(definition, { source, target }) };
}

const freshPool = (): Pool => new Map([['source', 'whole']]);

it(
  'a process that dies at any moment of a copy leaves all of it or nothing',
  { timeout: 60_000 },
  async () => {
    const whole = new FakeStorage(freshPool());
    await (
      await life(whole, databasePath()).start()
    ).done;
    expect([...whole.pool]).toEqual([
      ['source', 'whole'],
      ['copy', 'whole'],
    ]);
    const outcomes = new Set<string | undefined>();
    for (let call = 0; call < whole.calls.length; call += 1) {
      for (const when of ['before', 'within', 'after'] as const) {
        const path = databasePath();
        const storage = new FakeStorage(freshPool());
        storage.death = { call, when };
        const { id } = await life(storage, path).start();
        await storage.died.passed;
        const after = new FakeStorage(storage.pool);
        // Half of a copy is what libvirt is still writing when the next process comes.
        after.busy = storage.pool.get('copy') === 'half' ? 2 : 0;
        const { operations } = life(after, path);
        expect((await operations.recover()).unresolved).toEqual([]);
        const state = operations.get(id)?.state;
        outcomes.add(state);
        expect([when, call, [...after.pool]]).toEqual([
          when,
          call,
          [...(state === 'succeeded' ? whole : { pool: freshPool() }).pool],
        ]);
      }
    }
    expect(outcomes).toContain('failed');
  },
);

it('what others put there before it began is refused, and stays when the process dies', async () => {
  const path = databasePath();
  const storage = new FakeStorage(new Map([...freshPool(), ['copy', 'whole']]));
  await expect((await life(storage, path).start()).done).rejects.toMatchObject({ code: 'already-exists' });
  await life(new FakeStorage(storage.pool), path).operations.recover();
  expect(storage.pool.get('copy')).toBe('whole');
});
