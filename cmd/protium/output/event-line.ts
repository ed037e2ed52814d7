import type { Event } from '../../../internal/api/grpc/generated/protium/v1/events.ts';
import { printable } from './printable.ts';
import type { Screen } from './screen.ts';
import { stateCell } from './state-cell.ts';
import { formatTime } from './units.ts';

/** One event on one line, with the sequence to continue from. */
export function eventLine(event: Event, screen: Screen): string {
  const { time, sequence, kind, type, name, state = '' } = event;
  const { paint = (text: string) => text } = stateCell(state, screen);
  const line = [formatTime(time), sequence, kind, type, printable(name), paint(state)];
  return `${line.join('  ').trimEnd()}\n`;
}
