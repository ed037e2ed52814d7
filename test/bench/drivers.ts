import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { LibvirtClient } from '../../internal/libvirt/client.ts';
import { createRpcClient } from '../../internal/libvirt/rpc/client.ts';
import { createVirshClient } from '../../internal/libvirt/virsh/client.ts';
import { defineDomains, domainXml } from './domains.ts';
import { startPythonPeer, type PythonPeer } from './python-peer.ts';
import { median, short, timed } from './statistics.ts';
import { printTable, type Row } from './table.ts';

const rounds = 5;
const first = 'bench-0001';

interface Samples {
  readonly rpc: number[];
  readonly python: number[];
  readonly virsh: number[];
}

/** One call by three clients, in turns, so that a noisy moment meets them all. */
export async function benchDrivers(uri: string): Promise<void> {
  const rpc = createRpcClient({ uri });
  const virsh = createVirshClient({ uri });
  const python = startPythonPeer(uri);
  const scratch = await mkdtemp(path.join(tmpdir(), 'protium-bench-'));
  try {
    for (const count of [1, 100, 1000]) {
      await defineDomains(rpc, count);
      const rows = [
        row(
          'list',
          await inTurns(count > 100 ? 20 : 40, {
            rpc: (n) => timed(n, () => rpc.domains.list()),
            virsh: (n) => timed(n, () => virsh.domains.list()),
            python: (n) => python.ask(`list ${n}`) as Promise<number[]>,
          }),
        ),
        row('dumpxml', await benchXml(rpc, virsh, python)),
        ...(await benchDefine(rpc, virsh, python, scratch)),
      ];
      printTable(
        `Drivers with ${count} ${count === 1 ? 'domain' : 'domains'}: medians in ms, ${rounds} rounds in turns`,
        rows,
      );
    }
  } finally {
    python.end();
    await Promise.all([rpc.close(), virsh.close(), rm(scratch, { recursive: true })]);
  }
}

async function benchXml(rpc: LibvirtClient, virsh: LibvirtClient, python: PythonPeer): Promise<Samples> {
  const domain = await rpc.domains.lookupByName(first);
  return inTurns(40, {
    rpc: (n) => timed(n, () => rpc.domains.xml(domain)),
    virsh: (n) => timed(n, () => virsh.domains.xml(domain)),
    python: (n) => python.ask(`xml ${first} ${n}`) as Promise<number[]>,
  });
}

async function benchDefine(
  rpc: LibvirtClient,
  virsh: LibvirtClient,
  python: PythonPeer,
  scratch: string,
): Promise<Row[]> {
  const file = path.join(scratch, 'python.xml');
  await writeFile(file, domainXml('bench-define-python'));
  const undefined_: Samples = { rpc: [], python: [], virsh: [] };
  const by = (client: LibvirtClient, samples: number[], name: string) => async (n: number) => {
    const defined: number[] = [];
    for (let i = 0; i < n; i += 1) {
      const started = performance.now();
      const domain = await client.domains.define(domainXml(name));
      const middle = performance.now();
      await client.domains.undefine(domain);
      defined.push(middle - started);
      samples.push(performance.now() - middle);
    }
    return defined;
  };
  const defined = await inTurns(10, {
    rpc: by(rpc, undefined_.rpc, 'bench-define-rpc'),
    virsh: by(virsh, undefined_.virsh, 'bench-define-virsh'),
    python: async (n) => {
      const answer = (await python.ask(`define bench-define-python ${file} ${n}`)) as {
        define: number[];
        undefine: number[];
      };
      undefined_.python.push(...answer.undefine);
      return answer.define;
    },
  });
  return [row('define', defined), row('undefine', undefined_)];
}

async function inTurns(
  callsPerRound: number,
  clients: { [K in keyof Samples]: (count: number) => Promise<number[]> },
): Promise<Samples> {
  const samples: Samples = { rpc: [], python: [], virsh: [] };
  for (let round = 0; round < rounds; round += 1) {
    samples.rpc.push(...(await clients.rpc(callsPerRound)));
    samples.python.push(...(await clients.python(callsPerRound)));
    samples.virsh.push(...(await clients.virsh(Math.max(2, Math.floor(callsPerRound / 10)))));
  }
  return samples;
}

function row(what: string, samples: Samples): Row {
  const [rpc, python, virsh] = [median(samples.rpc), median(samples.python), median(samples.virsh)];
  return {
    what,
    value:
      `rpc ${short(rpc)} · python3-libvirt ${short(python)} · virsh ${short(virsh)}; ` +
      `rpc = ${short(rpc / python)} × python, 1/${short(virsh / rpc)} of virsh (python 1/${short(virsh / python)})`,
    target: '≤ 1.5 × python, ≤ 1/60 of virsh',
    met: rpc <= 1.5 * python && rpc <= virsh / 60,
  };
}
