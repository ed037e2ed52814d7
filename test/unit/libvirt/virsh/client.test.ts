import { chmod, mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { CallReport } from '../../../../internal/libvirt/call-report.ts';
import type { LibvirtClient } from '../../../../internal/libvirt/client.ts';
import { virError } from '../../../../internal/libvirt/error-code.ts';
import {
  LibvirtConnectionError,
  LibvirtError,
  LibvirtProtocolError,
  LibvirtTimeoutError,
  UnsupportedCallError,
} from '../../../../internal/libvirt/error.ts';
import { createVirshClient } from '../../../../internal/libvirt/virsh/client.ts';

const domain = { name: 'd', uuid: '2e6827e4-9b6b-4a35-9dc6-c4a377491d8b', id: null };

let directory: string;
let client: LibvirtClient;
let reports: CallReport[];

beforeEach(async () => {
  directory = await mkdtemp(path.join(os.tmpdir(), 'protium-virsh-test-'));
  reports = [];
});

afterEach(async () => {
  await client.close();
  await rm(directory, { recursive: true });
});

/**
 * A client with a stand-in for virsh: a script that sees virsh's command as `$command`, and can note things in the
 * file `$log`.
 */
async function withVirsh(body: string): Promise<void> {
  const script = path.join(directory, 'virsh');
  const commandOf = 'shift 2; [ "$1" = -q ] && shift; command=$1';
  await writeFile(script, `#!/bin/sh\nlog='${directory}/log'\n${commandOf}\n${body}\n`);
  await chmod(script, 0o755);
  // No socket of this host: its answers cannot be read.
  client = createVirshClient({
    uri: 'qemu+ssh://host/system',
    virshPath: script,
    observe: (report) => reports.push(report),
  });
}

function log(): Promise<string> {
  return readFile(path.join(directory, 'log'), 'utf8');
}

describe('a virsh process', () => {
  test('gets documents in files that only we can read, and that are gone afterwards', async () => {
    await withVirsh(`
      case $command in
      pool-define) f=\${2#--file=}; stat -c '%a %n' "$f" > "$log"; cat "$f" >> "$log" ;;
      pool-list) echo '8a81b6f2-e6a2-453d-a933-be3ad983a2d0 -p' ;;
      esac`);
    const xml = '<pool><name>-p</name></pool>';
    expect(await client.pools.define(xml)).toEqual({
      name: '-p',
      uuid: '8a81b6f2-e6a2-453d-a933-be3ad983a2d0',
    });
    const [, mode, file = '', content] = /^(\S+) (.*)\n([^]*)$/.exec(await log()) ?? [];
    expect([mode, content]).toEqual(['600', xml]);
    await expect(stat(path.dirname(file))).rejects.toThrow('ENOENT');
    expect(reports).toMatchObject([{ call: 'pools.define', outcome: 'ok' }]);
  });

  test('gets a password by standard input only', async () => {
    await withVirsh('{ printf "%s." "$*"; cat; } > "$log"');
    await client.domains.setUserPassword(domain, 'root', "open 'sesame'");
    const [words, input] = (await log()).split('.');
    expect(words).not.toContain('sesame');
    expect(input).toBe(
      `'set-user-password' '--domain=${domain.uuid}' '--user=root' '--password=open '\\''sesame'\\'''\n`,
    );
  });

  test('whose password command failed is a failure, although virsh ends well', async () => {
    await withVirsh('[ "$command" ] || { echo "error: no agent" >&2; exit 0; }; echo "$command"');
    await expect(client.domains.setUserPassword(domain, 'root', 'x')).rejects.toBeInstanceOf(LibvirtError);
  });

  test('runs in libvirt’s language and UTC, with nothing on its standard input', async () => {
    await withVirsh('echo "$LC_ALL,$LANGUAGE,$TZ,$(cat | wc -c)"');
    expect(await client.host.hostname()).toBe('C.UTF-8,,UTC,0');
  });

  test('is killed at the deadline', async () => {
    await withVirsh('echo $$ > "$log"; exec sleep 600');
    await expect(client.host.hostname({ deadlineMs: 1000 })).rejects.toThrow(LibvirtTimeoutError);
    await expect(stat(`/proc/${(await log()).trim()}`)).rejects.toThrow('ENOENT');
    expect(reports).toMatchObject([{ call: 'host.hostname', outcome: 'timeout' }]);
  });

  test('is killed when the caller gives up, and the caller gets its own reason', async () => {
    await withVirsh('exec sleep 600');
    const reason = new Error('enough');
    const abort = new AbortController();
    const answer = client.host.hostname({ signal: abort.signal });
    setImmediate(() => {
      abort.abort(reason);
    });
    await expect(answer).rejects.toBe(reason);
    await expect(client.host.hostname({ signal: AbortSignal.abort(reason) })).rejects.toBe(reason);
    expect(reports).toMatchObject([{ outcome: 'error' }, { outcome: 'error' }]);
  });

  test('ends with the client', async () => {
    await withVirsh('exec sleep 600');
    const answer = client.host.hostname();
    await Promise.all([expect(answer).rejects.toBeInstanceOf(LibvirtConnectionError), client.close()]);
    await expect(client.host.ping()).rejects.toBeInstanceOf(LibvirtConnectionError);
    expect(reports).toMatchObject([{ outcome: 'disconnected' }, { outcome: 'disconnected' }]);
  });

  test('that is not there means no connection', async () => {
    client = createVirshClient({ uri: 'test:///default', virshPath: path.join(directory, 'no-virsh') });
    await expect(client.host.ping()).rejects.toBeInstanceOf(LibvirtConnectionError);
  });

  test('that prints nonsense breaks the protocol', async () => {
    await withVirsh('echo nonsense');
    await expect(client.domains.list()).rejects.toBeInstanceOf(LibvirtProtocolError);
  });
});

describe('a failure of virsh whose reason cannot be read', () => {
  test('is no connection if libvirt does not answer another question', async () => {
    await withVirsh('echo "error: failed to connect" >&2; exit 1');
    await expect(client.domains.create(domain)).rejects.toBeInstanceOf(LibvirtConnectionError);
  });

  test('is a missing object if libvirt does not list it', async () => {
    await withVirsh('[ "$command" = list ] || { echo "error: no" >&2; exit 1; }');
    await expect(client.domains.create(domain)).rejects.toMatchObject({
      code: virError.noDomain,
      call: 'domains.create',
      message: 'no',
    });
  });

  test('is an internal error if libvirt lists it', async () => {
    await withVirsh(`[ "$command" = list ] && echo ${domain.uuid} || { echo "error: no" >&2; exit 1; }`);
    await expect(client.domains.create(domain)).rejects.toMatchObject({ code: virError.internalError });
    expect(reports).toMatchObject([{ call: 'domains.create', outcome: 'error', code: 1 }]);
  });

  test.each<[string, number, (to: LibvirtClient) => Promise<unknown>]>([
    ['pool', virError.noStoragePool, (to) => to.pools.refresh(domain)],
    ['network', virError.noNetwork, (to) => to.networks.create(domain)],
    ['node device', virError.noNodeDevice, (to) => to.nodeDevices.reset({ name: 'pci_0' })],
    [
      'secret',
      virError.noSecret,
      (to) => to.secrets.undefine({ uuid: domain.uuid, usageType: 'none', usageId: '' }),
    ],
    ['network filter', virError.noNwfilter, (to) => to.nwfilters.undefine({ name: 'f', uuid: domain.uuid })],
    ['domain of a snapshot', virError.noDomain, (to) => to.snapshots.revert({ name: 's', domain })],
  ])('is a missing %s if libvirt does not list it', async (_what, code, act) => {
    await withVirsh('case $command in *list) ;; *) exit 1 ;; esac');
    await expect(act(client)).rejects.toMatchObject({ code });
  });
});

describe('calls that virsh cannot make', () => {
  test('are refused', async () => {
    await withVirsh('exit 0');
    await expect(client.domains.openConsole(domain)).rejects.toBeInstanceOf(UnsupportedCallError);
    await expect(client.domains.createXml('<domain/>', { autodestroy: true })).rejects.toBeInstanceOf(
      UnsupportedCallError,
    );
    await expect(
      client.domains.setMetadata(domain, 'urn:x', 'x', `<x>${'y'.repeat(140_000)}</x>`, {}),
    ).rejects.toBeInstanceOf(UnsupportedCallError);
  });
});

test.each(['nonsense', 'g8a81b6f-e6a2-453d-a933-be3ad983a2d0'])('%j is no UUID', async (uuid) => {
  await withVirsh('exit 0');
  await expect(client.domains.lookupByUuid(uuid)).rejects.toMatchObject({ code: virError.invalidArgument });
});
