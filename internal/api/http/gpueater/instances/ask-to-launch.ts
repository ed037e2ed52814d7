import { invalidArgument } from '../../../../errors/invalid-argument.ts';
import { ProtiumError } from '../../../../errors/protium-error.ts';
import type { Flavors } from '../../../../flavors/flavor.ts';
import type { Image, Images } from '../../../../images/image.ts';
import type { KeyPairs } from '../../../../key-pairs/key-pair.ts';
import type { ShownImage } from '../images/shown-image.ts';
import type { GpueaterCall, GpueaterField } from '../function.ts';
import type { LatestOperations } from './latest-operations.ts';
import type { Launch } from './launch.ts';

export interface AskToLaunchParts {
  readonly flavors: Pick<Flavors, 'get'>;
  readonly images: Pick<Images, 'get'>;
  /** Of everybody and of that owner, by alias. */
  readonly imagesOf: (owner: string) => Readonly<Record<string, ShownImage>>;
  readonly keyPairs: Pick<KeyPairs, 'publicKeys'>;
  readonly latest: Pick<LatestOperations, 'of'>;
  readonly launch: Launch;
}

/** The subscription that it is launched on. */
export interface LaunchedOn {
  readonly subscription: string;
  /** Meant where the form names no product. */
  readonly flavor: string;
}

export const longestTag = 255;

export const launchFields: readonly GpueaterField[] = [
  { name: 'product_id', required: true, description: 'The id of a product of ondemand_list.' },
  { name: 'image', required: true, description: 'The alias of an image of ondemand_list.' },
  { name: 'ssh_key_id', required: true, description: 'The id of a key of ondemand_list.' },
  { name: 'tag', required: false, description: `At most ${longestTag} characters.` },
];

/** Launches what the form says; the header X-Transaction-Id names what was done. */
export async function askToLaunch(
  parts: AskToLaunchParts,
  { user, form, signal, setHeader }: GpueaterCall,
  on: LaunchedOn | null = null,
): Promise<null> {
  const tag = form.optional('tag') ?? '';
  requireTag(tag);
  const product = on === null ? form.text('product_id') : (form.optional('product_id') ?? on.flavor);
  const flavor = await parts.flavors.get(product);
  if (flavor === undefined) throw unknown('product', product);
  // What is held already was given out before.
  if (flavor.limited && on === null) {
    throw new ProtiumError('host-incapable', `Out of stock: ${flavor.name} is not given out (limited).`);
  }
  const image = imageOf(parts, user.owner, form.text('image'));
  const key = keyOf(parts, user.owner, form.text('ssh_key_id'));
  const also = on === null ? {} : { also: { subscription: on.subscription } };
  const uuid = await parts.launch({ owner: user.owner, flavor, image, key, tag, ...also }, signal);
  setHeader('X-Transaction-Id', parts.latest.of(uuid)?.id ?? '');
  return null;
}

export function requireTag(tag: string): void {
  if (tag.length <= longestTag && !/[\p{Cc}\p{Surrogate}\u2028\u2029\ufffe\uffff]/u.test(tag)) return;
  throw invalidArgument('tag', `tag must be text of at most ${longestTag} characters in one line.`);
}

function imageOf(parts: Pick<AskToLaunchParts, 'images' | 'imagesOf'>, owner: string, alias: string): Image {
  const shown = parts.imagesOf(owner);
  const image = Object.hasOwn(shown, alias) ? parts.images.get(alias) : undefined;
  if (image === undefined) throw unknown('image', alias);
  return image;
}

function keyOf({ keyPairs }: Pick<AskToLaunchParts, 'keyPairs'>, owner: string, name: string) {
  const [publicKey] = keyPairs.publicKeys(owner, [name]);
  if (publicKey === undefined) throw unknown('key', name);
  return { name, publicKey };
}

function unknown(what: string, named: string): ProtiumError {
  return new ProtiumError('not-found', `There is no ${what} "${named.slice(0, 64)}".`);
}
