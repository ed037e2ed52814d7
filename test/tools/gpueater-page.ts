import { apiList } from '../../internal/api/http/gpueater/account/api-list.ts';
import type { GpueaterField, GpueaterFunction } from '../../internal/api/http/gpueater/function.ts';

/** docs/gpueater-api.md, from the table that the routes are made of. */
export function gpueaterPage(functions: readonly GpueaterFunction[]): string {
  const listed = functions.filter((each) => each.listed);
  const others = functions.filter((each) => !each.listed);
  const overSsh = apiList(functions).filter(({ route }) => route === 'ssh');
  return `# GPUEater's functions

<!-- Made from internal/api/http/gpueater. Rewrite: UPDATE_DOCS=1 npx vitest run --project unit test/unit/api/http/gpueater -->

Routes are below \`/console/servers\`. A GET takes its fields from the query, a POST from a form
(\`application/x-www-form-urlencoded\`) or a JSON object (\`application/json\`). Answers are
\`{"data": …, "error": null}\`, or \`{"data": null, "error": "what is wrong"}\` with a status of 400 or more. Who may ask, and how
clients are pointed here: [gpueater.md](gpueater.md).

## Functions of GPUEater's list

${listed.map(entry).join('\n')}
## Over SSH

They need no daemon but the sshd of the instance: \`protium gpueater\`.

${overSsh.map(({ name, description }) => `- \`${name}\`: ${description}`).join('\n')}

## Routes that its clients have besides

${others.map(entry).join('\n')}`;
}

function entry({ name, method, path, description, fields, since }: GpueaterFunction): string {
  const text = `### ${name}\n\n\`${method} ${path}\`, since ${since}. ${description}\n`;
  return fields.length === 0 ? text : `${text}\n${fields.map(line).join('\n')}\n`;
}

function line({ name, required, description }: GpueaterField): string {
  return `- \`${name}\`${required ? '' : ' (may be left out)'}: ${description}`;
}
