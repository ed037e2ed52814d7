import { createHash, randomUUID } from 'node:crypto';
import { ProtiumError } from '../../../../errors/protium-error.ts';
import { configOfFlavor } from '../../../../flavors/config-of-flavor.ts';
import type { Flavor } from '../../../../flavors/flavor.ts';
import type { FloatingAddresses } from '../../../../floating-addresses/floating-address.ts';
import type { Image } from '../../../../images/image.ts';
import { refusedByHost } from '../../../../instances/changes/refused-by-host.ts';
import type { Instances, RegisterRequest } from '../../../../instances/instance.ts';
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
 * fails on the way leaves nothing. A launch that comes again while it is under way, or after its answer was lost, means the first.
 */
export type Launch = (wish: LaunchWish, signal: AbortSignal) => Promise<string>;

/** A client that lost its connection comes back within this time, or not at all. */
const repeatWindowMs = 60_000;
/** Clients give a POST up after 300 s. */
const sshdWithinMs = 120_000;

export function createLaunch(parts: {
  readonly instances: Pick<Instances, 'register' | 'get'>;
  readonly floating: Pick<FloatingAddresses, 'of'>;
  /** Left out: 120 s. */
  readonly sshdWithinMs?: number;
}): Launch {
  const { instances, floating } = parts;
  const repeated = new RepeatedLaunches<string>(repeatWindowMs);

  const launch = async (wish: LaunchWish, signal: AbortSignal): Promise<string> => {
    const { owner } = wish;
    const outcome = await instances.register({
      ...wish.also,
      owner,
      // GPUEater's users are in their own project alone.
      creator: owner,
      name: nameOf(wish),
      spec: specOf(wish),
      // Each launch is one of its own, also when it is like another.
      idempotencyKey: randomUUID(),
      floatingAddress: true,
    });
    if (outcome.outcome === 'refused') {
      const { message, details } = refusedByHost(outcome.refusal);
      throw new ProtiumError('host-incapable', `Out of stock: ${message}`, { details });
    }
    const { uuid } = outcome.instance;
    const late = AbortSignal.timeout(parts.sshdWithinMs ?? sshdWithinMs);
    const host = floating.of(uuid)?.address;
    // Somebody else has taken it away from it already.
    if (host === undefined) return uuid;
    await awaitSshd(
      { host, port: 22 },
      { signal: AbortSignal.any([signal, late]), goesOn: () => instances.get(uuid)?.state === 'running' },
    );
    return uuid;
  };

  return (wish, signal) => repeated.run(keyOf(wish), signal, (gone) => launch(wish, gone));
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
