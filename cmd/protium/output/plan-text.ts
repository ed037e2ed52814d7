import type { PlanInstanceResponse } from '../../../internal/api/grpc/generated/protium/v1/instances.ts';
import { formatFields } from './table.ts';

/** What people want to know of a plan; all of it is in the JSON. */
export function planText({ plan, devices, assumed }: PlanInstanceResponse): string {
  const shown = (plan ?? {}) as PlanShape;
  const fields: (readonly [string, string])[] = [
    ['vcpus', String(shown.cpu?.vcpus ?? '')],
    ['memory', shown.memory?.mib === undefined ? '' : `${shown.memory.mib} MiB`],
    ['firmware', shown.firmware?.type ?? ''],
    ['networks', (shown.networks ?? []).map(({ network }) => network).join(', ')],
    ...devices
      .filter(({ outlook }) => outlook === 'passed')
      .map(
        ({ address, vendor, model, name }) =>
          ['device', `${address} ${vendor}:${model} ${name ?? ''}`] as const,
      ),
    ...(shown.volumes ?? []).map(
      ({ sizeBytes, format, bus, pool }) =>
        [
          'volume',
          `${sizeBytes === null ? '' : `${sizeBytes} bytes `}${format} ${bus}, pool ${pool}`,
        ] as const,
    ),
    ['assumed', assumed.join(', ')],
  ];
  return formatFields(fields.filter(([, value]) => value !== ''));
}

/** The part of a plan that is shown: it comes as a Struct. */
interface PlanShape {
  readonly cpu?: { readonly vcpus?: number };
  readonly memory?: { readonly mib?: number };
  readonly firmware?: { readonly type?: string };
  readonly networks?: readonly { readonly network: string }[];
  readonly volumes?: readonly {
    readonly sizeBytes: number | null;
    readonly format: string;
    readonly bus: string;
    readonly pool: string;
  }[];
}
