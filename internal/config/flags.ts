/** What may stand after the name of the program. */
export const flags = [
  { name: '--help', action: 'help', meaning: 'Print this list and end.' },
  { name: '--version', action: 'version', meaning: 'Print the version and end.' },
  {
    name: '--print-config',
    action: 'print-config',
    meaning: 'Print every setting and where it came from, and end.',
  },
  {
    name: '--recover-state',
    action: 'recover-state',
    meaning: 'Make a whole database of what a damaged one still holds, and end (docs/recovery.md).',
  },
] as const;
