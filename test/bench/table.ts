/** One figure of the run: what, how much, compared with what. */
export interface Row {
  readonly what: string;
  readonly value: string;
  readonly target?: string;
  readonly met?: boolean;
}

export function printTable(title: string, rows: readonly Row[]): void {
  console.log(`\n## ${title}\n`);
  console.log('| what | measured | must reach |');
  console.log('|---|---|---|');
  for (const { what, value, target, met } of rows) {
    const verdict = target === undefined ? '' : `${target} ${met === true ? '✓' : '✗'}`;
    console.log(`| ${what} | ${value} | ${verdict} |`);
  }
}
