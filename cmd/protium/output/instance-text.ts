import type { Instance } from '../../../internal/api/grpc/generated/protium/v1/instances.ts';
import { domainStates } from './enum-names.ts';
import type { Screen } from './screen.ts';
import { stateCell } from './state-cell.ts';
import { formatFields, formatTable } from './table.ts';
import { formatBytes, formatFlag, formatMib, formatTime } from './units.ts';

const headers = ['NAME', 'STATE', 'VCPUS', 'MEMORY', 'DEVICES', 'NETWORKS', 'TAGS', 'MADE'] as const;

/** A line an instance. */
export function instanceTable(instances: readonly Instance[], screen: Screen): string {
  const rows = instances.map((instance) => [
    { text: instance.name },
    stateCell(domainStates.name(instance.state), screen),
    { text: String(instance.vcpus) },
    { text: formatMib(instance.memoryMib) },
    { text: instance.devices.map(({ address }) => address).join(',') },
    { text: instance.networks.join(',') },
    { text: instance.tags.join(',') },
    { text: formatTime(instance.createTime) },
  ]);
  return formatTable(headers, rows);
}

/** All of one instance but its plan. */
export function instanceFields(instance: Instance): string {
  const fields: (readonly [string, string])[] = [
    ['name', instance.name],
    ['title', instance.title],
    ['uuid', instance.uuid],
    ['state', domainStates.name(instance.state)],
    ['saved', instance.saved ? 'its memory is on disk; its next start goes on from there' : ''],
    ['made', formatTime(instance.createTime)],
    ['vcpus', String(instance.vcpus)],
    ['memory', formatMib(instance.memoryMib)],
    ['autostart', formatFlag(instance.autostart)],
    ['description', instance.description ?? ''],
    ['tags', instance.tags.join(', ')],
    ['networks', instance.networks.join(', ')],
    ['login user', instance.loginUser ?? ''],
    ['readiness', instance.readiness ?? ''],
    ...instance.addresses.map(
      ({ address, prefix, interface: nic, source }) =>
        ['address', `${address}/${prefix} ${nic} (${source})`] as const,
    ),
    ...instance.devices.map(
      ({ address, vendor, model, name, reason }) =>
        ['device', `${address} ${vendor}:${model} ${name ?? ''} (${reason})`] as const,
    ),
    ...instance.volumes.map(
      ({ id, pool, sizeBytes, format, bus, created, image, cdrom }) =>
        [
          cdrom ? 'medium' : 'volume',
          `${id} ${sizeBytes === undefined ? '' : formatBytes(sizeBytes)} ${format} ${bus}, pool ${pool}${created ? ', made for it' : ''}${image === undefined ? '' : ` from the image ${image}`}`,
        ] as const,
    ),
    ...instance.sshHostKeys.map((key) => ['ssh host key', key] as const),
    ...instance.pendingRestart.map(
      ({ field, running, configured }) =>
        ['at next start', `${field}: ${running || 'none'} -> ${configured || 'none'}`] as const,
    ),
    ...instance.warnings.map((warning) => ['warning', warning] as const),
  ];
  return formatFields(fields.filter(([, value]) => value !== ''));
}
