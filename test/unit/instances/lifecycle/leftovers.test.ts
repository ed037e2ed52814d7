import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { seedName, uuidOfSeed } from '../../../../internal/instances/documents/names.ts';
import { createSeedSweep } from '../../../../internal/instances/seed-sweep.ts';
import { removeSerialLogs, serialLogs } from '../../../../internal/instances/unregister/serial-logs.ts';
import { LibvirtError } from '../../../../internal/libvirt/error.ts';
import { virError } from '../../../../internal/libvirt/error-code.ts';
import { createKeyedLock } from '../../../../internal/operations/keyed-lock.ts';
import { parseXml } from '../../../../internal/xml/parse.ts';
import { silent } from '../../operations/fixture-log.ts';

const [gone, present, used] = [1, 2, 3].map((digit) => `00000000-0000-4000-8000-00000000000${digit}`) as [
  string,
  string,
  string,
];

function refusal(code: number): LibvirtError {
  return new LibvirtError({ code, domain: 10, level: 2, message: 'as the test wants it', call: 'x' });
}

/** A libvirt with a pool of seeds, and a view that shows two domains. */
function bench(options: { readonly poolType?: string; readonly failures?: number } = {}) {
  const volumes = new Set([
    seedName(gone),
    seedName(present),
    seedName(used),
    'data.qcow2',
    `${gone}.qcow2`,
    '../x-seed.iso',
  ]);
  let listener: (change: { kind: string; type: string }) => void = () => undefined;
  let failures = options.failures ?? 0;
  const state = { ageMs: 0 as number | null };
  const client = {
    domains: {
      lookupByUuid: (uuid: string) =>
        uuid === present
          ? Promise.resolve({ name: 'here', uuid, id: null })
          : Promise.reject(refusal(virError.noDomain)),
    },
    pools: {
      lookupByName: (name: string) => {
        failures -= 1;
        return failures >= 0
          ? Promise.reject(refusal(virError.internalError))
          : Promise.resolve({ name, uuid: 'p' });
      },
      isActive: () => Promise.resolve(true),
      xml: () => Promise.resolve(`<pool type='${options.poolType ?? 'dir'}'><name>p</name></pool>`),
    },
    volumes: {
      list: () => Promise.resolve([...volumes].map((name) => ({ pool: 'p', name, key: `/p/${name}` }))),
      lookupByName: (_pool: object, name: string) => Promise.resolve({ pool: 'p', name, key: `/p/${name}` }),
      delete: ({ name }: { name: string }) => Promise.resolve(volumes.delete(name)),
    },
  };
  const locks = createKeyedLock();
  const sweep = createSeedSweep({
    client: client as never,
    view: {
      onChange: (to: typeof listener) => {
        listener = to;
        return () => undefined;
      },
      status: () => state,
      domain: (uuid: string) => (uuid === present ? {} : undefined),
      domains: () => [{ diskPaths: [`/p/${seedName(used)}`] }],
    } as never,
    locks,
    ready: () => Promise.resolve(),
    pool: 'p',
    log: silent as never,
    againAfterMs: 1,
  });
  onTestFinished(() => sweep.stop());
  const removed = () => listener({ kind: 'domain', type: 'removed' });
  return { volumes, sweep, locks, state, removed };
}

describe('the seeds of domains that somebody else removed', () => {
  it('go; those that a domain has, and whatever is no seed, stay', async () => {
    const { volumes, sweep } = bench();
    await sweep.idle();
    expect([...volumes]).toEqual([
      seedName(present),
      seedName(used),
      'data.qcow2',
      `${gone}.qcow2`,
      '../x-seed.iso',
    ]);
  });

  it('stay while an operation works on the instance', async () => {
    const { volumes, sweep, locks, removed } = bench();
    await sweep.idle();
    volumes.add(seedName(gone));
    const release = await locks.acquire([`instance/${gone}`]);
    removed();
    await new Promise((resolve) => setImmediate(resolve));
    expect(volumes).toContain(seedName(gone));
    release();
    await sweep.idle();
    expect(volumes).not.toContain(seedName(gone));
  });

  it('stay on storage that other hosts have too', async () => {
    const { volumes, sweep } = bench({ poolType: 'netfs' });
    await sweep.idle();
    expect(volumes).toContain(seedName(gone));
  });

  it('are looked for again after a failure', async () => {
    const { volumes } = bench({ failures: 1 });
    await vi.waitFor(() => expect(volumes).not.toContain(seedName(gone)));
  });

  it.each([seedName(gone).toUpperCase(), `x${seedName(gone)}`, `${gone}-seed.iso.bak`, '-seed.iso'])(
    '%s is none',
    (name) => {
      expect(uuidOfSeed(name)).toBeNull();
    },
  );
});

describe('logs of serial ports', () => {
  const document = (...files: string[]) =>
    parseXml(
      `<domain><devices>${files.map((file) => `<serial><log file="${file}"/></serial>`).join('')}</devices></domain>`,
    );
  const directory = '/var/log/libvirt/qemu';

  it('are those that are called after the domain', () => {
    const definition = document(
      `${directory}/${gone}-serial0.log`,
      `${directory}/vm-serial1.log`,
      `${directory}/other-serial0.log`,
      `${directory}/../vm-serial0.log`,
      `/etc/vm-serial0.log`,
      `${directory}/vm-serial0.log.bak`,
    );
    expect(serialLogs(definition, { uuid: gone, domain: 'vm' })).toEqual([
      `${gone}-serial0.log`,
      'vm-serial1.log',
    ]);
  });

  it('are removed with what they were rotated into; where there is no directory nothing is', async () => {
    const root = mkdtempSync(path.join(tmpdir(), 'serial-logs-'));
    onTestFinished(() => rmSync(root, { recursive: true }));
    await removeSerialLogs(root, ['vm-serial0.log']);
    const logs = path.join(root, directory);
    mkdirSync(logs, { recursive: true });
    const names = ['vm-serial0.log', 'vm-serial0.log.0', 'vm-serial0.log.1', 'vm-serial0.logx', 'vm.log'];
    for (const name of names) writeFileSync(path.join(logs, name), '');
    await removeSerialLogs(root, ['vm-serial0.log']);
    expect(readdirSync(logs).sort()).toEqual(['vm-serial0.logx', 'vm.log']);
  });
});
