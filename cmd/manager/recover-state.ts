import { recoverState } from '../../internal/store/recover-state.ts';

/** `--recover-state`: what was done, for the person at the terminal. */
export function recoverStateAndTell(directory: string): string {
  const { keptAs, tables } = recoverState(directory, new Date());
  if (keptAs === null) return `The database in ${directory} is whole; nothing was changed.\n`;
  const lines = tables
    .filter(({ rows, complete }) => rows > 0 || !complete)
    .map(({ name, rows, complete }) => {
      const lost = complete ? 'all' : 'what could be read; some may be lost';
      return `  ${name.padEnd(24)}${String(rows).padStart(8)}  ${lost}`;
    });
  return [
    `The database was damaged. It is kept as ${keptAs}.`,
    'In its place is a new one with these rows of it:',
    ...(lines.length === 0 ? ['  none'] : lines),
    'VMs and their configs are in libvirt, and images in their pools: the daemon finds them when it starts.',
    '',
  ].join('\n');
}
