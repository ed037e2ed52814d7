import { authorize } from '../../internal/authorization/authorize.ts';
import type { Objects } from '../../internal/authorization/objects.ts';
import { gpueaterPolicy } from '../../internal/authorization/policy/gpueater.ts';
import { atomosPolicy, httpPolicy } from '../../internal/authorization/policy/http.ts';
import type { Policy, Reference, Row } from '../../internal/authorization/policy/row.ts';
import { v1Policy } from '../../internal/authorization/policy/v1.ts';
import { withField } from '../../internal/authorization/request-fields.ts';
import { ProtiumError } from '../../internal/errors/protium-error.ts';
import type { Caller } from '../../internal/identity/caller.ts';
import { everyone, red } from '../unit/authorization/callers.ts';

/** All that is named is of the project `red`. */
export const allOfRed: Objects = {
  find: (kind) => [{ standing: { of: 'project', project: red }, what: `${kind} "it"` }],
};

/** A request that names all that the row has checked. */
export function fullRequest({ references }: Row): unknown {
  return references.reduce<unknown>(
    (request, { fields, kind }) =>
      fields.reduce(
        (made, field) => withField(deep(made, field), field, kind === 'project' ? red : 'it'),
        request,
      ),
    {},
  );
}

/** With objects around the field. */
function deep(request: unknown, path: string): unknown {
  const around = path.split('.').slice(0, -1);
  return around.reduce<unknown>((made, _name, index) => {
    const upTo = around.slice(0, index + 1).join('.');
    const there = upTo
      .split('.')
      .reduce<unknown>((value, name) => (value as Record<string, unknown> | undefined)?.[name], made);
    return there === undefined ? withField(made, upTo, {}) : made;
  }, request);
}

/** `yes`, or the status of the refusal. */
function outcome(attempt: () => unknown): string {
  try {
    attempt();
    return 'yes';
  } catch (error) {
    if (!(error instanceof ProtiumError)) throw error;
    return error.code === 'access-denied' ? '403' : error.code === 'not-found' ? '404' : error.code;
  }
}

/** What becomes of the method for this caller, where all that it names is of `red`, and what it makes is the caller's. */
export function cell(name: string, row: Row, caller: Caller): string {
  return outcome(() => authorize(name, row, fullRequest(row), caller, allOfRed));
}

const columns = Object.keys(everyone) as (keyof typeof everyone)[];

function table(policy: Policy, what: string): string {
  const rows = Object.entries(policy).map(([name, row]) => {
    const cells = columns.map((column) => cell(name, row, everyone[column]));
    return `| \`${name}\` | ${asked(row)} | ${cells.join(' | ')} |`;
  });
  return `| ${what} | asks for | ${columns.join(' | ')} |
|---|---|${columns.map(() => '---').join('|')}|
${rows.join('\n')}`;
}

function asked({ access, references, shows }: Row): string {
  const named = references.map(reference).join('; ');
  switch (access) {
    case 'anyone':
      return 'nothing';
    case 'administrator':
      return 'administrator';
    case 'known':
      return (
        [shows === null ? '' : `shows what is ${shows}`, named].filter((each) => each !== '').join('; ') ||
        'to be known'
      );
    case 'project':
      return named;
  }
}

function reference({ kind, fields, needs }: Reference): string {
  if (fields.length === 0) return `${needs} in the ${kind}`;
  return `${needs}: ${kind} (${fields.map((field) => `\`${field}\``).join(', ')})`;
}

/** The part of docs/authorization.md that is made of the policy. */
export function policyTables(): string {
  return `### The native API (gRPC, and HTTP under /v1)

${table(v1Policy, 'method')}

### The other routes over HTTP

${table({ ...httpPolicy, ...Object.fromEntries(Object.entries(atomosPolicy).filter(([name]) => !name.includes('/api/v1.0'))) }, 'route')}

\`/metrics\` is for administrators, programs of this machine, and tokens that were made for it: see [access.md](access.md).
AtomOS's routes are also under \`/api/v1.0\`. The Cocos manager's \`CreateDomain\` and \`Run\` over gRPC are \`POST /domain\` and
\`POST /run\`. A WebSocket of a console is opened by its ticket, which is made by \`CreateConsoleTicket\`.

### GPUEater's functions

${table(gpueaterPolicy, 'function')}
`;
}
