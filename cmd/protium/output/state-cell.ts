import type { Screen } from './screen.ts';
import type { Cell } from './table.ts';

const colours = new Map([
  ['running', 'green'],
  ['succeeded', 'green'],
  ['paused', 'yellow'],
  ['undoing', 'yellow'],
  ['crashed', 'red'],
  ['failed', 'red'],
  ['shutoff', 'gray'],
] as const satisfies readonly (readonly [string, string])[]);

/** A state in its colour. */
export function stateCell(state: string, screen: Screen): Cell {
  const colour = new Map<string, Parameters<Screen['paint']>[0]>(colours).get(state);
  return {
    text: state,
    ...(colour !== undefined && { paint: (text: string) => screen.paint(colour, text) }),
  };
}
