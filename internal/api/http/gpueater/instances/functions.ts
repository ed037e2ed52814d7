import type { FloatingAddresses } from '../../../../floating-addresses/floating-address.ts';
import type { Instance, Instances } from '../../../../instances/instance.ts';
import type { UpdateInstance } from '../../../../instances/update.ts';
import type { LibvirtClient } from '../../../../libvirt/client.ts';
import type { LiveView } from '../../../../libvirt/live-view/live-view.ts';
import type { Migrations } from '../../../../migration/migrations.ts';
import type { Reservations } from '../../../../networks/reservations/reservations.ts';
import { PythonRenames } from './python-rename.ts';
import type { GpueaterCall, GpueaterField, GpueaterFunction } from '../function.ts';
import { requireHere, shownMoved } from '../migration/moved.ts';
import { ownInstance } from '../own-instance.ts';
import { askToLaunch, launchFields, longestTag, requireTag, type AskToLaunchParts } from './ask-to-launch.ts';
import { readCounters } from './counters.ts';
import type { HostId } from './host-id.ts';
import type { Power } from './power.ts';
import { shownInstance } from './shown-instance.ts';

export interface InstanceGroupParts extends AskToLaunchParts {
  readonly instances: Pick<Instances, 'list' | 'get' | 'reach'>;
  readonly floating: Pick<FloatingAddresses, 'of' | 'list'>;
  readonly reservations: Pick<Reservations, 'reserve'>;
  readonly power: Power;
  readonly update: UpdateInstance;
  readonly hostId: HostId;
  readonly client: Pick<LibvirtClient, 'domains'>;
  readonly view: Pick<LiveView, 'domain'>;
  readonly migrations: Pick<Migrations, 'list'>;
}

const since = '0.1.0';
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
  const renames = new PythonRenames();
  const own = ({ user }: GpueaterCall, id: string): Instance => {
    requireHere(parts.migrations, user.owner, id);
    return ownInstance(instances, user.owner, id);
  };
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
      description:
        'The user’s instances, the newest first; then those that went to other hosts (MIGRATED), until they are forgotten.',
      async handle({ user: { owner } }) {
        const hostId = await parts.hostId();
        const addresses = new Map(parts.floating.list(owner).map((each) => [each.instance, each]));
        const here = instances.list(owner).map((instance) =>
          shownInstance(instance, {
            hostId,
            address: addresses.get(instance.uuid),
            operation: parts.latest.of(instance.uuid),
          }),
        );
        const moved = parts.migrations
          .list(owner)
          .map((each) => shownMoved(each, parts.latest.of(each.uuid)?.id ?? ''));
        return [...here, ...moved];
      },
    },
    post(
      'launch_ondemand_instance',
      '/launch_ondemand_instance',
      'Makes and starts an instance. Answers null when root can log in by the key, or after 120 s; the header X-Transaction-Id names what was done.',
      (call) => askToLaunch(parts, call),
      launchFields,
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
      'Removes an instance, with its disk, address and devices. From the Python client with another tag, or with a tag and nothing else but ids: only gives it that tag.',
      async (call) => {
        if (call.userAgent.startsWith('PythonAPI') && call.form.given('tag') !== null) {
          const instance = own(call, call.form.text('instance_id'));
          const { uuid, description } = instance;
          const tag = renames.tagOf(call, { uuid, tag: description ?? '' });
          if (tag !== null) {
            if (tag !== (description ?? '')) await rename(instance, tag);
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
