import type { Begun } from './await-operations.ts';

/** How far operations are, on one line. */
export function progressLine(standing: readonly Begun[]): string {
  const open = standing.filter(({ operation }) => operation.endTime === undefined);
  const [first] = open;
  if (first === undefined) return '';
  const { subject, operation } = first;
  const { fraction = 0, message = '' } = operation.progress ?? {};
  const count = standing.length === 1 ? '' : `${standing.length - open.length} of ${standing.length} done, `;
  return `${count}${subject}: ${Math.floor(fraction * 100)} %${message === '' ? '' : ` ${message}`}`;
}
