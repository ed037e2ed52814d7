/** AIVC's, of more letters than a short option has. */
const shortForms: ReadonlyMap<string, string> = new Map([
  ['-id', '--user-id'],
  ['-std-id', '--student-id'],
  ['-use-opt', '--use-options'],
  ['-ls', '--list-schedule'],
  ['-rst', '--restart'],
]);

/** The command line with AIVC's short forms of `booking` as options that a parser knows. */
export function withShortForms(argv: readonly string[]): string[] {
  const at = argv.indexOf('booking', 2);
  if (at === -1) return [...argv];
  return argv.map((argument, index) => (index > at ? (shortForms.get(argument) ?? argument) : argument));
}
