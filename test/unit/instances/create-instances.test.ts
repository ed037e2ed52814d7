import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { virError } from '../../../internal/libvirt/error-code.ts';
import type { RegisterOutcome } from '../../../internal/instances/instance.ts';
import { readSpec } from '../../../internal/spec/read-spec.ts';
import type { Spec } from '../../../internal/spec/spec.ts';
import { databasePath } from '../operations/fixture.ts';
import { card, machine } from '../placement/hosts.ts';
import { fakeHost, type FakeHost } from './fake-host.ts';

const owner = 'f'.repeat(32);
/** Three cards of one kind, each in a group of its own, and room for all who ask. */
const facts = machine({
  coresPerNode: 64,
  memoryMib: 1_048_576,
  pci: ['0000:01:00', '0000:02:00', '0000:03:00'].flatMap((slot, index) => card(slot, 10 + index)),
});

function specOf(config: object): Spec {
  const answer = readSpec(config);
  if (!answer.ok) throw new Error(JSON.stringify(answer.errors));
  return answer.spec;
}

const gpu = { slots: 1, ramsize: 1024, overprovision: 10, pci: [{ vendor: '10de', model: '2489' }] };
const plain = { slots: 1, ramsize: 1024, overprovision: 10 };
const register = (host: FakeHost, name: string, config: object = gpu): Promise<RegisterOutcome> =>
  host.instances.register({ owner, name, spec: specOf(config) });

/** The uuid of the VM, or the codes of the refusal. */
async function result(outcome: Promise<RegisterOutcome>): Promise<string> {
  const answer = await outcome;
  return answer.outcome === 'registered'
    ? answer.instance.uuid
    : answer.refusal.reasons.map(({ code }) => code).join(' ');
}

const held = (host: FakeHost) => host.instances.situation().claims.flatMap(({ pci }) => pci);

/** A domain of somebody else with the first function of each card. */
function foreign(...buses: readonly string[]): string {
  const hostdevs = buses.map(
    (bus) =>
      `<hostdev mode='subsystem' type='pci'><source><address domain='0x0000' bus='${bus}' slot='0x00' function='0x0'/></source></hostdev>`,
  );
  return (
    `<domain type='kvm'><name>foreign</name><uuid>00000000-0000-4000-8000-000000000001</uuid>` +
    `<memory unit='MiB'>64</memory><devices>${hostdevs.join('')}</devices></domain>`
  );
}

describe('devices', () => {
  it('of 200 registers at once for three devices, three get one each, and all comes back', async () => {
    const host = fakeHost(facts, databasePath());
    const outcomes = await Promise.all(
      Array.from({ length: 200 }, (_, index) => register(host, `vm-${index}`)),
    );
    const made = outcomes.flatMap((outcome) => (outcome.outcome === 'registered' ? [outcome.instance] : []));
    const codes = outcomes.flatMap((outcome) =>
      outcome.outcome === 'refused' ? [outcome.refusal.reasons.map(({ code }) => code).join()] : [],
    );
    expect(made.map(({ plan }) => plan.pci[0]?.address).sort()).toEqual([
      '0000:01:00.0',
      '0000:02:00.0',
      '0000:03:00.0',
    ]);
    expect(codes).toEqual(Array.from({ length: 197 }, () => 'device-taken'));
    expect(host.domains.size).toBe(3);
    expect(held(host)).toHaveLength(6);

    for (const { uuid } of made) {
      expect(await host.instances.unregister({ owner, uuid, purge: true })).toMatchObject({
        outcome: 'unregistered',
      });
    }
    expect(host.domains.size).toBe(0);
    expect(held(host)).toEqual([]);
    expect((await register(host, 'later')).outcome).toBe('registered');
  });

  it('a claim stands from the journal on, before libvirt knows of the domain', async () => {
    const host = fakeHost(facts, databasePath());
    const release = host.holdStarts();
    const first = register(host, 'first');
    await expect.poll(() => held(host)).toEqual(['0000:01:00.0', '0000:01:00.1']);
    expect(host.instances.situation().claims.map(({ kind }) => kind)).toEqual(['operation']);
    release();
    await first;
    expect(host.instances.situation().claims.map(({ kind }) => kind)).toEqual(['instance']);
  });

  it('a domain that somebody else started counts at once', async () => {
    const host = fakeHost(facts, databasePath());
    host.addForeign(foreign('0x01', '0x02', '0x03'));
    expect(await result(register(host, 'late'))).toBe('device-taken');
  });

  it('a start that fails gives everything back', async () => {
    const host = fakeHost(facts, databasePath());
    host.failStart(virError.internalError);
    await expect(register(host, 'unlucky')).rejects.toMatchObject({ code: 'libvirt-failed' });
    expect(host.domains.size).toBe(0);
    await expect.poll(() => held(host)).toEqual([]);
    expect(host.calls).toEqual(['define unlucky', 'undefine unlucky']);
  });

  it('go from the host’s drivers to the VM and back', async () => {
    const host = fakeHost(facts, databasePath());
    const [gpuAddress, audioAddress] = ['0000:01:00.0', '0000:01:00.1'];
    const uuid = await result(register(host, 'there'));
    expect(host.drivers.current(gpuAddress)).toBe('vfio-pci');
    expect(host.drivers.current(audioAddress)).toBe('vfio-pci');
    await host.instances.unregister({ owner, uuid, purge: true });
    expect(host.drivers.current(gpuAddress)).toBe('nvidia');
    expect(host.drivers.current(audioAddress)).toBe('snd_hda_intel');

    host.failStart(virError.internalError);
    await expect(register(host, 'unlucky')).rejects.toMatchObject({ code: 'libvirt-failed' });
    expect(host.drivers.current(gpuAddress)).toBe('nvidia');
  });

  it('one that its driver does not let go is a refusal, and nobody gets it after', async () => {
    const host = fakeHost(facts, databasePath());
    const ended = new Promise<void>(() => undefined);
    host.drivers.failWith('0000:01:00.0', { outcome: 'hangs', reason: 'it hangs', ended });
    expect(await result(register(host, 'stuck'))).toBe('device-unhealthy');
    expect(host.domains.size).toBe(0);
    expect(host.instances.situation().conditions).toMatchObject([
      { address: '0000:01:00.0', condition: 'stuck' },
    ]);
    await result(register(host, 'second'));
    expect(held(host)).toEqual(['0000:02:00.0', '0000:02:00.1']);
  });

  it('one that does not come back whole is told, and kept from others', async () => {
    const host = fakeHost(facts, databasePath());
    const uuid = await result(register(host, 'there'));
    host.drivers.kill('0000:01:00.0');
    expect(await host.instances.unregister({ owner, uuid, purge: true })).toMatchObject({
      outcome: 'unregistered',
      notices: ['0000:01:00.0 is quarantined: it does not answer: its config space is all ones.'],
    });
    await result(register(host, 'second'));
    expect(held(host)).toEqual(['0000:02:00.0', '0000:02:00.1']);
  });

  it('one that was taken between plan and start is a refusal', async () => {
    const host = fakeHost(facts, databasePath());
    const release = host.holdStarts();
    const beaten = register(host, 'beaten');
    await expect.poll(() => host.calls).toEqual(['define beaten']);
    host.addForeign(foreign('0x01'));
    // libvirt's code for a device that another domain has: the same as for many other refusals.
    host.failStart(virError.operationInvalid);
    release();
    expect(await result(beaten)).toBe('device-taken');
    expect([...host.domains.values()]).toHaveLength(1);
  });
});

describe('the same request', () => {
  it('means the same VM, at once and later; another secret is another request', async () => {
    const host = fakeHost(facts, databasePath());
    const [first, second] = await Promise.all([register(host, 'twin', plain), register(host, 'twin', plain)]);
    expect(await result(register(host, 'twin', plain))).toBe(await result(Promise.resolve(first)));
    expect(await result(Promise.resolve(second))).toBe(await result(Promise.resolve(first)));
    expect([first, second].map((outcome) => outcome.outcome === 'registered' && outcome.repeated)).toEqual([
      false,
      true,
    ]);
    await register(host, 'twin', { ...plain, auth: { password: 'another' } });
    expect([...host.domains.values()]).toHaveLength(2);
  });

  it('of another client is another VM, which the first cannot remove', async () => {
    const host = fakeHost(facts, databasePath());
    await register(host, 'mine', plain);
    const other = 'e'.repeat(32);
    const theirs = await host.instances.register({ owner: other, name: 'mine', spec: specOf(plain) });
    if (theirs.outcome !== 'registered') throw new Error('it was refused');
    expect(theirs.instance.domain).toMatch(/^mine-[0-9a-f]{8}$/);
    const { uuid } = theirs.instance;
    expect(await host.instances.unregister({ owner, uuid, purge: false })).toMatchObject({
      outcome: 'refused',
    });
    expect(host.instances.list(owner).map(({ name }) => name)).toEqual(['mine']);
    expect(host.instances.list()).toHaveLength(2);
  });
});

it('unregister twice at once: the second finds nothing', async () => {
  const host = fakeHost(facts, databasePath());
  const uuid = await result(register(host, 'gone', plain));
  const outcomes = await Promise.all(
    [1, 2].map(() => host.instances.unregister({ owner, uuid, purge: false })),
  );
  expect(outcomes.map(({ outcome }) => outcome)).toEqual(['unregistered', 'refused']);
});

describe('a guest that is to be set up', () => {
  const secret = 'pa55word-once';
  const config = {
    ...plain,
    authentication: { username: 'alice', password: secret, 'ssh-key': 'ssh-ed25519 K3Y' },
    cloudinit: '#cloud-config\nruncmd: [echo s3cret-command]',
  };
  const secrets = /pa55word-once|s3cret-command|K3Y|PRIVATE KEY|\$6\$/;

  it('gets a seed, which goes with it, and with its secrets nothing else', async () => {
    const path = databasePath();
    const host = fakeHost(facts, path);
    const outcome = await register(host, 'quiet', config);
    if (outcome.outcome !== 'registered') throw new Error('it was refused');
    const { uuid, sshHostKeys } = outcome.instance;
    const seed = host.volumes.get(`${uuid}-seed.iso`)?.toString('latin1') ?? '';
    expect(seed.slice(32808, 32814)).toBe('cidata');
    expect(seed).toContain(`instance-id: "${uuid}"`);
    expect(seed).toMatch(/hashed_passwd: "\$6\$/);
    expect(seed).toContain('echo s3cret-command');
    expect(seed).not.toContain(secret);
    expect(sshHostKeys.map((key) => key.split(' ')[0])).toEqual(['ssh-ed25519', 'ecdsa-sha2-nistp256']);
    for (const key of sshHostKeys) expect(seed).toContain(key);
    expect(outcome.xml).toContain(`/images/${uuid}-seed.iso`);

    const operations = JSON.stringify(host.operations.list().operations);
    for (const place of [outcome.xml, operations, JSON.stringify(outcome.instance)])
      expect(place).not.toMatch(secrets);
    for (const file of [path, `${path}-wal`])
      expect(readFileSync(file).toString('latin1')).not.toMatch(secrets);
    expect(existsSync(join(dirname(path), 'seeds', uuid))).toBe(false);

    await host.instances.unregister({ owner, uuid, purge: false });
    expect(host.volumes.size).toBe(0);
  });

  it('without anything to be set up gets none', async () => {
    const host = fakeHost(facts, databasePath());
    await register(host, 'plain', plain);
    expect(host.volumes.size).toBe(0);
  });

  it('of a system without cloud-init gets none, and a word about it', async () => {
    const host = fakeHost(facts, databasePath());
    const outcome = await register(host, 'win', { ...config, ramsize: 4096, slots: 2, os_family: 'windows' });
    expect(outcome.outcome === 'registered' ? outcome.notices.join() : '').toContain('not applied');
    expect(host.volumes.size).toBe(0);
  });

  it('leaves no seed where the upload or the start fails', async () => {
    const path = databasePath();
    const host = fakeHost(facts, path);
    host.failUpload(virError.internalError);
    await expect(register(host, 'first', config)).rejects.toMatchObject({ code: 'libvirt-failed' });
    expect(host.volumes.size).toBe(0);
    host.failStart(virError.internalError);
    await expect(register(host, 'second', config)).rejects.toMatchObject({ code: 'libvirt-failed' });
    expect(host.volumes.size).toBe(0);
    expect(readdirSync(join(dirname(path), 'seeds'))).toEqual([]);
  });

  it('whose daemon was killed leaves none either', async () => {
    const path = databasePath();
    const killed = fakeHost(facts, path);
    killed.holdStarts();
    void register(killed, 'halfway', config).catch(() => undefined);
    await expect.poll(() => killed.calls).toEqual(['define halfway']);
    expect(killed.volumes.size).toBe(1);
    const next = fakeHost(facts, path, killed.volumes);
    await next.operations.recover();
    expect(next.volumes.size).toBe(0);
  });
});

it('what a killed daemon left unfinished is held until it is settled', async () => {
  const path = databasePath();
  const killed = fakeHost(facts, path);
  killed.holdStarts();
  void register(killed, 'halfway').catch(() => undefined);
  await expect.poll(() => killed.calls).toEqual(['define halfway']);
  const next = fakeHost(facts, path);
  expect(held(next)).toEqual(['0000:01:00.0', '0000:01:00.1']);
  await next.operations.recover();
  expect(held(next)).toEqual([]);
});

describe('one that is deleted while it is made', () => {
  it('is not made any more, and leaves nothing', async () => {
    const host = fakeHost(facts, databasePath());
    const release = host.holdStarts();
    const made = register(host, 'unmade');
    await expect.poll(() => host.calls).toEqual(['define unmade']);
    const uuid = host.instances.uuidOfUnmade('unmade') ?? '';
    expect(host.instances.uuidOfUnmade(uuid)).toBe(uuid);
    const { done } = await host.instances.remove(uuid, { purge: true });
    release();
    await expect(made).rejects.toMatchObject({ code: 'cancelled' });
    await done;
    expect(host.domains.size).toBe(0);
    expect(host.volumes.size).toBe(0);
    expect(held(host)).toEqual([]);
    expect(host.drivers.current('0000:01:00.0')).toBe('nvidia');
    expect(host.instances.uuidOfUnmade('unmade')).toBeUndefined();
  });
});
