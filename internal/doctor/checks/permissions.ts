import type { Evidence } from '../evidence.ts';
import { finding, type Finding } from '../finding.ts';

export function checkPermissions({ permissions }: Evidence): readonly Finding[] {
  const { userId, unwritable } = permissions;
  const details = { userId, unwritable };
  const found: Finding[] = unwritable.map((directory) =>
    finding('permissions', 'problem', `Protium (user id ${userId}) may not write to ${directory}.`, {
      fix: `chown it to the user that Protium runs as, or name another directory.`,
      details,
    }),
  );
  return found.length > 0
    ? found
    : [finding('permissions', 'ok', 'Protium may do all that it needs to.', { details })];
}
