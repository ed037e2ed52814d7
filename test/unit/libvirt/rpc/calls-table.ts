import { afterAll, beforeAll, expect, it } from 'vitest';
import type { LibvirtClient } from '../../../../internal/libvirt/client.ts';
import { createRpcClient } from '../../../../internal/libvirt/rpc/client.ts';
import type { Procedure } from '../../../../internal/libvirt/rpc/wire/procedure.ts';
import { argumentsOf, FakeLibvirtd } from './fake-libvirtd.ts';

export const uuid = '00112233-4455-6677-8899-aabbccddeeff';
export const dom = { name: 'vm', uuid, id: 3 };
export const pool = { name: 'pool', uuid };
/** Flags of a call that has none, or none set. */
export const flags = 0;
export const both = { live: true, config: true };

export interface CallsTable {
  readonly server: () => FakeLibvirtd;
  readonly client: () => LibvirtClient;
  /** The call sends these arguments in this procedure, and makes this of the answer. Flags are libvirt's numbers. */
  readonly sends: <A, R>(
    name: string,
    invoke: (client: LibvirtClient) => Promise<unknown>,
    procedure: Procedure<A, R>,
    values: A,
    answer: R,
    result?: unknown,
  ) => void;
  /** Every call of these groups, given by the prefix of its name, is in the table, or among `others`. */
  readonly isComplete: (
    groups: Readonly<Record<string, (client: LibvirtClient) => object>>,
    others?: readonly string[],
  ) => void;
}

/** A client of a fake libvirtd, for the tests of one file. */
export function callsTable(): CallsTable {
  let server: FakeLibvirtd;
  let client: LibvirtClient;
  const covered = new Set<string>();

  beforeAll(async () => {
    server = await FakeLibvirtd.start();
    client = createRpcClient({ uri: server.uri });
  });

  afterAll(async () => {
    await client.close();
    await server.remove();
  });

  return {
    server: () => server,
    client: () => client,
    sends(name, invoke, procedure, values, answer, result) {
      covered.add(name);
      it(`${name} sends ${procedure.name} ${show(values)}`, async () => {
        let asked: unknown;
        server.on(procedure, (request, from) => {
          asked = argumentsOf(procedure, request);
          from.reply(request.serial, procedure, answer);
        });
        expect(await invoke(client)).toEqual(result);
        expect(asked).toEqual(values);
      });
    },
    isComplete(groups, others = []) {
      it('every call of the interface is among these', () => {
        const names = Object.entries(groups).flatMap(([prefix, calls]) =>
          Object.keys(calls(client)).map((call) => `${prefix}.${call}`),
        );
        expect(names.filter((name) => !covered.has(name)).sort()).toEqual([...others].sort());
      });
    },
  };
}

function show(values: unknown): string {
  return JSON.stringify(values, (_key, value: unknown) => (typeof value === 'bigint' ? `${value}` : value));
}
