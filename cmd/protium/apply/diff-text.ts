import { printable } from '../output/printable.ts';
import type { Screen } from '../output/screen.ts';
import type { ConfigChange } from './compare.ts';

/** A line a change, as people read differences. */
export function diffText(changes: readonly ConfigChange[], screen: Pick<Screen, 'paint'>): string {
  return changes.map((change) => `${changeLine(change, screen)}\n`).join('');
}

function changeLine(
  { path, from, to, needsNewInstance }: ConfigChange,
  { paint }: Pick<Screen, 'paint'>,
): string {
  const note = needsNewInstance ? '  (needs a new instance)' : '';
  if (from === undefined) return paint('green', `+ ${path}: ${valueText(to)}`) + note;
  if (to === undefined) return paint('red', `- ${path}: ${valueText(from)}`) + note;
  return paint('yellow', `~ ${path}: ${valueText(from)} → ${valueText(to)}`) + note;
}

function valueText(value: ConfigChange['from']): string {
  return value === undefined ? '' : printable(JSON.stringify(value));
}
