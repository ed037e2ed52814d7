import type { Remark } from './clue.ts';
import type { RepositoryView } from './repository-view.ts';

/** One thing that is looked for. docs/provision-rules.md is made of these. */
export interface Rule {
  /** Stands in the evidence: kebab case. */
  readonly name: string;
  /** What it reads, for people. */
  readonly reads: string;
  /** What it makes of that, for people. */
  readonly concludes: string;
  readonly find: (repository: RepositoryView) => Iterable<Remark>;
}
