import type { BlockInfo, BlockJobInfo, BlockJobType, DomainState, JobStats } from '../../objects.ts';
import { jobTypes } from '../../rpc/wire/enumerations.ts';
import { field, lines, parseFields, unexpected, wholeNumber } from './fields.ts';
import { typedValue } from './typed-values.ts';

/** virshDomainStateTypeToString. */
const states: Readonly<Record<string, DomainState>> = {
  'no state': 'nostate',
  running: 'running',
  idle: 'blocked',
  paused: 'paused',
  'in shutdown': 'shutdown',
  'shut off': 'shutoff',
  crashed: 'crashed',
  pmsuspended: 'pmsuspended',
};

/** `virsh dominfo`. */
export function parseDomainInfo(output: string): {
  readonly state: DomainState;
  readonly maxMemoryKiB: number;
  readonly memoryKiB: number;
  readonly vcpus: number;
  readonly persistent: boolean;
  readonly autostart: boolean;
  readonly managedSave: boolean;
} {
  const fields = parseFields(output);
  return {
    state: states[field(fields, 'State')] ?? 'nostate',
    maxMemoryKiB: Number(wholeNumber(field(fields, 'Max memory'))),
    memoryKiB: Number(wholeNumber(field(fields, 'Used memory'))),
    vcpus: Number(wholeNumber(field(fields, 'CPU(s)'))),
    persistent: field(fields, 'Persistent') === 'yes',
    autostart: field(fields, 'Autostart') === 'enable',
    managedSave: field(fields, 'Managed save') === 'yes',
  };
}

/** `virsh domblkinfo`: bytes. */
export function parseBlockInfo(output: string): BlockInfo {
  const fields = parseFields(output);
  return {
    capacityBytes: wholeNumber(field(fields, 'Capacity')),
    allocationBytes: wholeNumber(field(fields, 'Allocation')),
    physicalBytes: wholeNumber(field(fields, 'Physical')),
  };
}

/** virshDomainBlockJobToString. */
const blockJobTypes: Readonly<Record<string, BlockJobType>> = {
  'Block Pull': 'pull',
  'Block Copy': 'copy',
  'Block Commit': 'commit',
  'Active Block Commit': 'active-commit',
  Backup: 'backup',
};

/** `virsh blockjob --raw --bytes`; it prints nothing where no job runs. */
export function parseBlockJob(output: string): BlockJobInfo | null {
  const fields = new Map(
    lines(output).map((line): [string, string] => {
      const [name = '', value = ''] = line.trim().split('=', 2);
      return [name, value];
    }),
  );
  const type = fields.get('type');
  if (type === undefined) return null;
  return {
    type: blockJobTypes[type] ?? 'unknown',
    bandwidthBytesPerSecond: wholeNumber(field(fields, 'bandwidth')),
    current: wholeNumber(field(fields, 'cur')),
    end: wholeNumber(field(fields, 'end')),
  };
}

/** `virsh domjobinfo --rawstats`: the number of virDomainJobType, then one value a line. */
export function parseJobStats(output: string): JobStats {
  const fields = parseFields(output);
  const number = Number(wholeNumber(field(fields, 'Job type')));
  const type = jobTypes[number];
  if (type === undefined) throw unexpected(`job type ${number}`);
  return {
    type,
    stats: Object.fromEntries(
      [...fields]
        .filter(([name]) => name !== 'Job type')
        .map(([name, value]) => [name, typedValue(name, value)]),
    ),
  };
}

/** `virsh domfsfreeze` and `domfsthaw`: the one number in what they say. */
export function parseFilesystemCount(output: string): number {
  return Number(wholeNumber(/\d+/.exec(output)?.[0] ?? ''));
}
