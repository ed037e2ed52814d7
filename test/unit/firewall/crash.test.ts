import { expect, it } from 'vitest';
import { createFilterStore } from '../../../internal/firewall/filter-store.ts';
import { openFirewall, type Firewall } from '../../../internal/firewall/firewall.ts';
import { replaceFirewall } from '../../../internal/firewall/replace-firewall.ts';
import { virError } from '../../../internal/libvirt/error-code.ts';
import type { Operations } from '../../../internal/operations/operations.ts';
import { databasePath, engine } from '../operations/fixture.ts';
import { FakeHost, nic, refusal, uuid } from './fake-host.ts';

const closed: Firewall = { defaultIn: 'drop', defaultOut: 'accept', rules: [] };
const narrow: Firewall = {
  ...closed,
  rules: [
    { direction: 'in', action: 'accept', protocol: 'tcp', ports: { first: 22, last: 22 }, remote: null },
  ],
};

/** A process of the daemon on this host. */
function life(host: FakeHost, path: string) {
  const view = { refresh: () => Promise.resolve() };
  const definition = replaceFirewall(host.client, view, createFilterStore(host.client));
  const operations = engine(path, [definition]);
  const start = (firewall: Firewall) =>
    operations.start(definition, { uuid, domain: 'web', firewall, etag: null });
  return { operations, start };
}

/** Everything that a firewall is made of. */
const stateOf = (host: FakeHost) => ({ filters: [...host.filters], references: host.references });

/** What the firewall is to become, and the host that it begins on. */
async function begin(before: Firewall): Promise<FakeHost> {
  const host = new FakeHost(nic(1, 'clean-traffic'), nic(2, 'clean-traffic'));
  if (before !== openFirewall) await (await life(host, databasePath()).start(before)).done;
  return host.next();
}

async function recover(operations: Operations): Promise<void> {
  for (let attempt = 0; attempt < 5; attempt += 1) {
    if ((await operations.recover()).unresolved.length === 0) return;
  }
  throw new Error('it is never resolved');
}

/** Lives until each call in turn, before and after it; `judge` sees what the next life makes of it. */
async function everyDeath(
  before: Firewall,
  wanted: Firewall,
  judge: (ends: { host: FakeHost; was: object; whole: object; state: string | undefined }) => void,
  prepare: (host: FakeHost) => void = () => undefined,
): Promise<number> {
  const whole = await begin(before);
  await (
    await life(whole, databasePath()).start(wanted)
  ).done;
  const calls = whole.calls.length;
  for (let call = 0; call < calls; call += 1) {
    for (const when of ['before', 'after'] as const) {
      const host = await begin(before);
      const was = stateOf(host);
      const path = databasePath();
      host.death = { call, when };
      const { id } = await life(host, path).start(wanted);
      await host.died.passed;
      const after = host.next();
      prepare(after);
      const { operations } = life(after, path);
      await recover(operations);
      judge({ host: after, was, whole: stateOf(whole), state: operations.get(id)?.state });
    }
  }
  return calls;
}

/** Each of many deaths has a database of its own. */
const timeout = 60_000;
const changes: [string, Firewall, Firewall][] = [
  ['a first firewall', openFirewall, closed],
  ['another firewall', narrow, closed],
  ['no firewall any more', narrow, openFirewall],
];

it.each(changes)(
  '%s: a process that dies at any call is carried on from there',
  async (_what, before, wanted) => {
    const calls = await everyDeath(before, wanted, ({ host, whole, state }) => {
      expect(state).toBe('succeeded');
      expect(stateOf(host)).toEqual(whole);
    });
    expect(calls).toBeGreaterThan(5);
  },
);

it.each(changes)(
  '%s: where it cannot be carried on, all is as it was, and the operation says so',
  { timeout },
  async (_what, before, wanted) => {
    const states = new Set<string | undefined>();
    await everyDeath(
      before,
      wanted,
      ({ host, was, whole, state }) => {
        states.add(state);
        expect(stateOf(host)).toEqual(state === 'succeeded' ? whole : was);
      },
      (host) => {
        // Once, where it makes an effect: what is taken back then finds libvirt well.
        let failed = false;
        host.failure = (call) => {
          if (failed || !/^(updateDevice|define|undefine)/.test(call)) return null;
          failed = true;
          return refusal(virError.internalError);
        };
      },
    );
    expect(states).toContain('failed');
  },
);
