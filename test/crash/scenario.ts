import { pool, type Bench } from './bench.ts';

/** One change, from fresh objects. */
export interface Scenario {
  /** The operation that it begins, or what else it makes durable. */
  readonly kind: string;
  /** Tells several of one kind apart. */
  readonly variant?: string;
  /** Tables that it writes, beside those of the journal. */
  readonly drives?: readonly string[];
  /** Of this one the records that are alike for all are points too. */
  readonly everyWrite?: true;
  /** Is refused or ends in a failure, that is with everything taken back. */
  readonly fails?: true;
  /** Touches the second host too. */
  readonly reachesOut?: true;
  /** Makes what the change needs. */
  prepare?(bench: Bench): Promise<unknown>;
  /** Asks for the change, and resolves with the answer; a lost connection rejects. */
  act(bench: Bench): Promise<unknown>;
}

export const titleOf = ({ kind, variant }: Scenario): string =>
  variant === undefined ? kind : `${kind} ${variant}`;

export const config = {
  slots: 1,
  ramsize: 64,
  overprovision: 10,
  has_network: false,
  volumes: [] as object[],
};
export const withDisk = { ...config, volumes: [{ size_gb: 0.01 }] };
export const withNetwork = { ...config, has_network: true, networks: [{ network_uid: 'default' }] };
export const vm = '/v1/instances/vm';

export const create =
  (of: object = config) =>
  (bench: Bench) =>
    bench.done('POST', '/v1/instances', { name: 'vm', config: of }).then(() => undefined);
export const createOff =
  (of: object = config) =>
  async (bench: Bench) => {
    await create(of)(bench);
    await bench.done('POST', `${vm}/stop`, { force: true });
  };
export const createVolume = async (bench: Bench) => {
  await bench.done('POST', `/v1/volumes/${pool}`, {
    name: 'data.qcow2',
    sizeBytes: '1048576',
    format: 'qcow2',
  });
};
export const request = (method: string, route: string, body?: object) => (bench: Bench) =>
  bench.call(method, route, body);
export const inOrder =
  (...steps: ((bench: Bench) => Promise<unknown>)[]) =>
  async (bench: Bench) => {
    for (const step of steps) await step(bench);
  };
export const done = (method: string, route: string, body?: object) => (bench: Bench) =>
  bench.done(method, route, body);
