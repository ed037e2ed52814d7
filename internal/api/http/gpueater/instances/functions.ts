import { invalidArgument } from '../../../../errors/invalid-argument.ts';
import { ProtiumError } from '../../../../errors/protium-error.ts';
import type { Flavors } from '../../../../flavors/flavor.ts';
import type { FloatingAddresses } from '../../../../floating-addresses/floating-address.ts';
import type { Image, Images } from '../../../../images/image.ts';
import type { Instance, Instances } from '../../../../instances/instance.ts';
import type { UpdateInstance } from '../../../../instances/update.ts';
import type { KeyPairs } from '../../../../key-pairs/key-pair.ts';
import type { LibvirtClient } from '../../../../libvirt/client.ts';
import type { LiveView } from '../../../../libvirt/live-view/live-view.ts';
import type { Reservations } from '../../../../networks/reservations/reservations.ts';
import type { ShownImage } from '../images/shown-image.ts';
import type { GpueaterCall, GpueaterField, GpueaterFunction } from '../function.ts';
import { ownInstance } from '../own-instance.ts';
import { readCounters } from './counters.ts';
import type { HostId } from './host-id.ts';
import type { LatestOperations } from './latest-operations.ts';
import type { Launch } from './launch.ts';
import type { Power } from './power.ts';
import { shownInstance } from './shown-instance.ts';

export interface InstanceGroupParts {
  readonly instances: Pick<Instances, 'list' | 'get' | 'reach'>;
  readonly flavors: Pick<Flavors, 'get'>;
  readonly images: Pick<Images, 'get'>;
  /** Of everybody and of that owner, by alias. */
  readonly imagesOf: (owner: string) => Readonly<Record<string, ShownImage>>;
  readonly keyPairs: Pick<KeyPairs, 'publicKeys'>;
  readonly floating: Pick<FloatingAddresses, 'of' | 'list'>;
  readonly reservations: Pick<Reservations, 'reserve'>;
  readonly latest: Pick<LatestOperations, 'of'>;
  readonly launch: Launch;
  readonly power: Power;
  readonly update: UpdateInstance;
  readonly hostId: HostId;
  readonly client: Pick<LibvirtClient, 'domains'>;
  readonly view: Pick<LiveView, 'domain'>;
}

const since = '0.1.0';
const longestTag = 255;
const instanceId: GpueaterField = {
  name: 'instance_id',
  required: true,
  description: 'As instance_list has it; or `instances`: a JSON list of objects with it.',
};
const machineResourceId: GpueaterField = {
  name: 'machine_resource_id',
  required: false,
  description: 'As instance_list has it; there is one host, so it need not be there.',
};

/** The group of instances. */
export function instanceFunctions(parts: InstanceGroupParts): readonly GpueaterFunction[] {
  const { instances, power, update } = parts;
  const own = ({ user }: GpueaterCall, id: string): Instance => ownInstance(instances, user.owner, id);
  /** All that are named are looked for before anything is done with one. */
  const each = async (call: GpueaterCall, change: (instance: Instance) => Promise<void>) => {
    const named = call.form.instanceIds().map((id) => own(call, id));
    const ends = await Promise.allSettled(named.map(change));
    const failed = ends.find((end) => end.status === 'rejected');
    if (failed !== undefined) throw failed.reason;
    return {};
  };
  const rename = async (instance: Instance, tag: string): Promise<void> => {
    requireTag(tag);
    await update(instance.uuid, { description: tag }, null);
  };
  const post = (
    name: string,
    path: string,
    description: string,
    handle: GpueaterFunction['handle'],
    fields: readonly GpueaterField[] = [instanceId, machineResourceId],
  ): GpueaterFunction => ({ name, method: 'POST', path, fields, since, description, listed: true, handle });

  return [
    {
      name: 'instance_list',
      method: 'GET',
      path: '/instance_list',
      fields: [],
      since,
      listed: true,
      description: 'The user’s instances, the newest first.',
      async handle({ user: { owner } }) {
        const hostId = await parts.hostId();
        const addresses = new Map(parts.floating.list(owner).map((each) => [each.instance, each]));
        return instances.list(owner).map((instance) =>
          shownInstance(instance, {
            hostId,
            address: addresses.get(instance.uuid),
            operation: parts.latest.of(instance.uuid),
          }),
        );
      },
    },
    post(
      'launch_ondemand_instance',
      '/launch_ondemand_instance',
      'Makes and starts an instance. Answers null when root can log in by the key, or after 120 s; the header X-Transaction-Id names what was done.',
      async (call) => {
        const { user, form, signal, setHeader } = call;
        const tag = form.optional('tag') ?? '';
        requireTag(tag);
        const flavor = await parts.flavors.get(form.text('product_id'));
        if (flavor === undefined) throw unknown('product', form.text('product_id'));
        if (flavor.limited) {
          throw new ProtiumError(
            'host-incapable',
            `Out of stock: ${flavor.name} is not given out (limited).`,
          );
        }
        const image = imageOf(parts, user.owner, form.text('image'));
        const key = keyOf(parts, user.owner, form.text('ssh_key_id'));
        const uuid = await parts.launch({ owner: user.owner, flavor, image, key, tag }, signal);
        setHeader('X-Transaction-Id', parts.latest.of(uuid)?.id ?? '');
        return null;
      },
      [
        { name: 'product_id', required: true, description: 'The id of a product of ondemand_list.' },
        { name: 'image', required: true, description: 'The alias of an image of ondemand_list.' },
        { name: 'ssh_key_id', required: true, description: 'The id of a key of ondemand_list.' },
        { name: 'tag', required: false, description: `At most ${longestTag} characters.` },
      ],
    ),
    post(
      'change_instance_tag',
      '/change_instance_tag',
      'Gives an instance another tag.',
      async (call) => {
        await rename(own(call, call.form.text('instance_id')), call.form.text('tag'));
        return {};
      },
      [instanceId, { name: 'tag', required: true, description: `At most ${longestTag} characters.` }],
    ),
    post('start_instance', '/start', 'Starts an instance; one that is stopping is waited for.', (call) =>
      each(call, (instance) => power.start(instance)),
    ),
    post(
      'stop_instance',
      '/stop',
      'Stops an instance: its guest is asked, and ended after a minute.',
      (call) => each(call, (instance) => power.stop(instance)),
    ),
    post(
      'emergency_restart_instance',
      '/emergency_restart',
      'Boots an instance anew, whatever state it is in.',
      (call) => each(call, (instance) => power.emergencyRestart(instance)),
    ),
    post(
      'terminate_instance',
      '/force_terminate',
      'Removes an instance, with its disk, address and devices. From the Python client with another tag: only gives it that tag.',
      async (call) => {
        // Python's change_instance_tag asks for this: nobody who wants another name wants the instance gone.
        const tag = call.userAgent.startsWith('PythonAPI') ? call.form.given('tag') : null;
        if (tag !== null) {
          const instance = own(call, call.form.text('instance_id'));
          if (tag !== (instance.description ?? '')) {
            await rename(instance, tag);
            return {};
          }
        }
        return each(call, (instance) => power.terminate(instance));
      },
    ),
    {
      name: 'network_description',
      method: 'GET',
      path: '/instance_info',
      fields: [instanceId],
      since,
      listed: true,
      description: 'Addresses, open ports, traffic in bytes and packets, and what the disk takes in bytes.',
      async handle(call) {
        const instance = own(call, call.form.text('instance_id'));
        const { uuid } = instance;
        const address = parts.floating.of(uuid);
        const [counters, privateAddress] = await Promise.all([
          readCounters(parts.client, uuid, parts.view.domain(uuid)?.diskPaths[0]),
          privateAddressOf(parts, uuid),
        ]);
        return {
          instance_status: {
            tag: instance.description ?? '',
            private_ipv4: privateAddress,
            global_ipv4: address?.address ?? '',
            global_ipv6: '',
            ...counters,
          },
          port_list: (address?.ports ?? []).map((port) => ({ port })),
        };
      },
    },
  ];
}

/** The address that is kept for it; of one that none is kept for, the one that it has. */
async function privateAddressOf(
  { floating, reservations, instances }: InstanceGroupParts,
  uuid: string,
): Promise<string> {
  if (floating.of(uuid) !== undefined) {
    const request = { network: null, instance: uuid, address: null, validateOnly: true };
    return (await reservations.reserve(request)).address;
  }
  const { addresses } = await instances.reach(uuid);
  return addresses.find(({ family }) => family === 'ipv4')?.address ?? '';
}

function imageOf(
  parts: Pick<InstanceGroupParts, 'images' | 'imagesOf'>,
  owner: string,
  alias: string,
): Image {
  const shown = parts.imagesOf(owner);
  const image = Object.hasOwn(shown, alias) ? parts.images.get(alias) : undefined;
  if (image === undefined) throw unknown('image', alias);
  return image;
}

function keyOf({ keyPairs }: Pick<InstanceGroupParts, 'keyPairs'>, owner: string, name: string) {
  const [publicKey] = keyPairs.publicKeys(owner, [name]);
  if (publicKey === undefined) throw unknown('key', name);
  return { name, publicKey };
}

function unknown(what: string, named: string): ProtiumError {
  return new ProtiumError('not-found', `There is no ${what} "${named.slice(0, 64)}".`);
}

function requireTag(tag: string): void {
  if (tag.length <= longestTag && !/[\p{Cc}\p{Surrogate}\u2028\u2029\ufffe\uffff]/u.test(tag)) return;
  throw invalidArgument('tag', `tag must be text of at most ${longestTag} characters in one line.`);
}
