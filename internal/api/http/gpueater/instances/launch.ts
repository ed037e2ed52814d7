import { createHash, randomUUID } from 'node:crypto';
import { ProtiumError } from '../../../../errors/protium-error.ts';
import { configOfFlavor } from '../../../../flavors/config-of-flavor.ts';
import type { Flavor } from '../../../../flavors/flavor.ts';
import type { FloatingAddresses } from '../../../../floating-addresses/floating-address.ts';
import type { Image } from '../../../../images/image.ts';
import { refusedByHost } from '../../../../instances/changes/refused-by-host.ts';
import type { Instances, RegisterRequest } from '../../../../instances/instance.ts';
import type { Logger } from '../../../../observability/log.ts';
import { readSpec } from '../../../../spec/read-spec.ts';
import { awaitSshd } from './await-sshd.ts';
import { instanceTags } from './instance-tags.ts';
import { RepeatedLaunches } from './repeated-launches.ts';

/** What is to be launched; looked up already. */
export interface LaunchWish {
  readonly owner: string;
  readonly flavor: Flavor;
  readonly image: Pick<Image, 'id' | 'name' | 'virtualSizeBytes'>;
  readonly key: { readonly name: string; readonly publicKey: string };
  readonly tag: string;
  /** What else the instance is registered with. */
  readonly also?: Partial<RegisterRequest>;
}

/**
 * Makes and starts an instance, binds a floating address to it, and waits a while for its sshd. Resolves with its uuid. What
 * fails on the way leaves nothing. A launch whose answer was lost and that comes again means the first one.
 */
export type Launch = (wish: LaunchWish, signal: AbortSignal) => Promise<string>;

/** A client that lost its connection comes back within this time, or not at all. */
const repeatWindowMs = 60_000;
/** Clients give a POST up after 300 s. */
const sshdWithinMs = 120_000;

export function createLaunch(parts: {
  readonly instances: Pick<Instances, 'register' | 'remove' | 'get'>;
  readonly floating: Pick<FloatingAddresses, 'associate'>;
  readonly log: Pick<Logger, 'warn'>;
  /** Left out: 120 s. */
  readonly sshdWithinMs?: number;
}): Launch {
  const { instances, floating, log } = parts;
  const repeated = new RepeatedLaunches<string>(repeatWindowMs);

  const takeBack = async (uuid: string): Promise<void> => {
    try {
      const { done } = await instances.remove(uuid, { purge: true });
      await done;
    } catch (error) {
      log.warn({ err: error, uuid }, 'an instance whose launch failed could not be removed');
    }
  };

  const bind = async (uuid: string, owner: string): Promise<string> => {
    try {
      const { address, state, problem } = await floating.associate(uuid, owner);
      if (state !== 'failed') return address;
      throw new ProtiumError('host-incapable', `No floating address can lead to it: ${problem ?? 'unknown'}`);
    } catch (error) {
      await takeBack(uuid);
      throw error;
    }
  };

  const launch = async (wish: LaunchWish, signal: AbortSignal): Promise<string> => {
    const { owner } = wish;
    const outcome = await instances.register({
      ...wish.also,
      owner,
      name: nameOf(wish),
      spec: specOf(wish),
      // Each launch is one of its own, also when it is like another.
      idempotencyKey: randomUUID(),
    });
    if (outcome.outcome === 'refused') {
      const { message, details } = refusedByHost(outcome.refusal);
      throw new ProtiumError('host-incapable', `Out of stock: ${message}`, { details });
    }
    const { uuid } = outcome.instance;
    const address = await bind(uuid, owner);
    const late = AbortSignal.timeout(parts.sshdWithinMs ?? sshdWithinMs);
    await awaitSshd(
      { host: address, port: 22 },
      { signal: AbortSignal.any([signal, late]), goesOn: () => instances.get(uuid)?.state === 'running' },
    );
    return uuid;
  };

  return (wish, signal) => repeated.run(keyOf(wish), signal, () => launch(wish, signal));
}

function nameOf({ tag, flavor }: LaunchWish): string {
  return tag === '' ? flavor.name : tag;
}

function specOf(wish: LaunchWish): RegisterRequest['spec'] {
  const { flavor, image, key, tag } = wish;
  const config = configOfFlavor(flavor, {
    name: nameOf(wish),
    image: image.id,
    imageBytes: image.virtualSizeBytes,
    sshKeys: [key.publicKey],
    description: tag,
    tags: instanceTags(flavor.name, key.name),
  });
  const read = readSpec(config);
  if (read.ok) return read.spec;
  const problems = read.errors.map(({ path, message }) => `${path}: ${message}`).join(' ');
  throw new ProtiumError('argument-invalid', `The product cannot be launched so: ${problems}`);
}

function keyOf({ owner, flavor, image, key, tag, also }: LaunchWish): string {
  const said = [owner, flavor.id, image.id, key.name, key.publicKey, tag, also ?? null];
  return createHash('sha256').update(JSON.stringify(said)).digest('hex');
}
