import type { JobReport } from './work-jobs.ts';

interface Row {
  inputs: number;
  failures: number;
}

/** What a run has seen so far, and its table. */
export class Summary {
  readonly #rows = new Map<string, Row>();

  add({ job, finding }: JobReport): void {
    const row = this.#rows.get(job.target) ?? { inputs: 0, failures: 0 };
    row.inputs += job.batch.inputs;
    if (finding !== null) row.failures += 1;
    this.#rows.set(job.target, row);
  }

  get inputs(): number {
    return [...this.#rows.values()].reduce((sum, row) => sum + row.inputs, 0);
  }

  get failures(): number {
    return [...this.#rows.values()].reduce((sum, row) => sum + row.failures, 0);
  }

  table(): string {
    const width = Math.max(6, ...[...this.#rows.keys()].map((name) => name.length));
    const line = (name: string, inputs: string, failures: string): string =>
      `${name.padEnd(width)}  ${inputs.padStart(9)}  ${failures.padStart(8)}`;
    const rows = [...this.#rows].map(([name, row]) => line(name, String(row.inputs), String(row.failures)));
    return [
      line('target', 'inputs', 'failures'),
      ...rows,
      line(`${this.#rows.size} targets`, String(this.inputs), String(this.failures)),
    ].join('\n');
  }
}
