/** One thing that was looked at, and what to do about it. */
export interface Finding {
  /** Stable, e.g. `iommu`. */
  readonly check: string;
  /**
   * `ok`; `note`: worth knowing; `warning`: something will not work, the rest does; `problem`: no VM can be made, or
   * something may be lost; `unknown`: it could not be looked at.
   */
  readonly severity: 'ok' | 'note' | 'warning' | 'problem' | 'unknown';
  /** One sentence: what was found, with names and figures. */
  readonly message: string;
  /** What to do, with the commands; null: nothing. */
  readonly fix: string | null;
  /** Names, addresses, members that the message is about. */
  readonly details: Readonly<Record<string, string | number | boolean | readonly string[]>>;
}

interface Rest {
  readonly fix?: string;
  readonly details?: Finding['details'];
}

/** Makes a finding; `fix` and `details` may be left out. */
export function finding(
  check: string,
  severity: Finding['severity'],
  message: string,
  { fix, details }: Rest = {},
): Finding {
  return { check, severity, message, fix: fix ?? null, details: details ?? {} };
}
