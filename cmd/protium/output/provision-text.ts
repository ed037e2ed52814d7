import type { Provision, ProvisionPlan } from '../../../internal/api/grpc/generated/protium/v1/provisions.ts';
import { printable } from './printable.ts';
import { formatFields, formatTable } from './table.ts';
import { formatTime } from './units.ts';

/** The whole plan: what is asked and why, what it leads to, and what is in the way. */
export function planText(plan: ProvisionPlan): string {
  const cells = (...texts: readonly string[]) => texts.map((text) => ({ text }));
  const list = (title: string, lines: readonly string[]): string =>
    lines.length === 0 ? '' : `\n${title}\n${lines.map((line) => `  ${printable(line)}\n`).join('')}`;
  const looked = [...plan.otherDevices, ...plan.imageCandidates].map(
    ({ name, suitable, reason }) => `${suitable ? '+' : '-'} ${name}: ${reason}`,
  );
  return [
    `${printable(plan.name)} for ${printable(plan.source)}\n\n`,
    formatTable(
      ['ASKED', 'VALUE', 'FROM', 'SURE'],
      plan.asked.map(({ name, value, origin, confidence }) =>
        cells(name, value, origin, `${Math.round(confidence * 100)} %`),
      ),
    ),
    '\n',
    formatFields([
      ['card', plan.deviceReason],
      ['image', plan.imageReason],
      ['lease', `${formatTime(plan.startTime)} to ${formatTime(plan.endTime)}`],
      ['config', JSON.stringify(plan.config ?? {})],
    ]),
    list('Looked at', looked),
    list(
      'Steps',
      plan.steps.map((step, index) => `${index + 1}. ${step}`),
    ),
    list('Notes', plan.notes),
    list('In the way', plan.refusals),
  ].join('');
}

/** A line a provision. */
export function provisionTable(provisions: readonly Provision[]): string {
  return formatTable(
    ['NAME', 'STATE', 'SSH', 'UNTIL', 'DOING', 'ID'],
    provisions.map(({ name, state, access, plan, progress, problem, id }) =>
      [name, state, access?.ssh ?? '', formatTime(plan?.endTime), problem ?? progress, id].map((text) => ({
        text,
      })),
    ),
  );
}

/** One provision. */
export function provisionFields(provision: Provision): string {
  const { id, name, state, problem, progress, lease, instance, access, owner, plan } = provision;
  const fields = [
    ['id', id],
    ['name', name],
    ['state', state],
    ['doing', progress],
    ['problem', problem ?? ''],
    ['ssh', access?.ssh ?? ''],
    ['host keys', access?.hostKeys.join(', ') ?? ''],
    [
      'checked',
      provision.checks.map(({ name, state, text }) => `${name} ${state}: ${printable(text)}`).join('\n'),
    ],
    ['lease', lease ?? ''],
    ['instance', instance ?? ''],
    ['until', formatTime(plan?.endTime)],
    ['owner', owner],
    ['begun', formatTime(provision.createTime)],
  ] as const;
  const shown = formatFields(fields.filter(([, value]) => value !== ''));
  return plan === undefined ? shown : `${shown}\n${planText(plan)}`;
}
