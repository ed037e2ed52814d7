import type { OpenApi, OpenApiSchema } from './open-api.ts';

/** The native API for a person to read: one page without scripts, made from its OpenAPI document. Pure. */
export function referencePage({ info, paths, components }: OpenApi): string {
  const operations = Object.entries(paths).flatMap(([path, verbs]) =>
    Object.entries(verbs).map(([verb, operation]) => ({ path, verb, operation })),
  );
  const tags = [...new Set(operations.flatMap(({ operation }) => operation.tags))];
  const chapters = tags.map((tag) => {
    const own = operations.filter(({ operation }) => operation.tags.includes(tag));
    return `<h2 id="${escape(tag)}">${escape(tag)}</h2>${own.map(operationText).join('')}`;
  });
  const schemas = Object.entries(components.schemas).map(
    ([name, schema]) =>
      `<h3 id="schema-${escape(name)}">${escape(name)}</h3>${note(schema.description)}${fieldTable(schema)}`,
  );
  const links = [...tags, 'Messages'].map((tag) => `<a href="#${escape(tag)}">${escape(tag)}</a>`);
  return [
    '<!doctype html><html lang="en"><meta charset="utf-8">',
    '<meta name="viewport" content="width=device-width, initial-scale=1">',
    `<title>${escape(info.title)} API</title><style>${referenceStyle}</style>`,
    `<h1>${escape(info.title)} API</h1>${note(info.description)}`,
    `<p><a href="/v1/openapi.json">openapi.json</a></p><nav>${links.join(' · ')}</nav>`,
    ...chapters,
    '<h2 id="Messages">Messages</h2>',
    ...schemas,
    '</html>\n',
  ].join('\n');
}

type Operation = OpenApi['paths'][string][string];

function operationText(entry: {
  readonly path: string;
  readonly verb: string;
  readonly operation: Operation;
}): string {
  const { path, verb, operation } = entry;
  const rows = (operation.parameters ?? []).map(
    ({ name, in: place, schema, description }) =>
      `<tr><td><code>${escape(name)}</code><td>${escape(place)}<td>${typeText(schema)}<td>${escape(description ?? '')}`,
  );
  const parameters =
    rows.length === 0 ? '' : `<table><tr><th>parameter<th>in<th>type<th>meaning${rows.join('')}</table>`;
  const body = operation.requestBody?.content['application/json']?.schema;
  const [answer] = Object.values(operation.responses['200']?.content ?? {});
  return [
    `<section><h3><code>${escape(verb.toUpperCase())} ${escape(path)}</code></h3>`,
    note(operation.description),
    parameters,
    body === undefined ? '' : `<p>Body: ${typeText(body)}</p>`,
    answer === undefined ? '' : `<p>Answer: ${typeText(answer.schema)}</p>`,
    '</section>',
  ].join('');
}

function fieldTable({ properties = {} }: OpenApiSchema): string {
  const rows = Object.entries(properties).map(
    ([name, schema]) =>
      `<tr><td><code>${escape(name)}</code><td>${typeText(schema)}<td>${escape(schema.description ?? '')}`,
  );
  return rows.length === 0 ? '' : `<table><tr><th>field<th>type<th>meaning${rows.join('')}</table>`;
}

function typeText(schema: OpenApiSchema): string {
  if (schema.$ref !== undefined) {
    const name = escape(schema.$ref.replace(/^.*\//, ''));
    return `<a href="#schema-${name}">${name}</a>`;
  }
  if (schema.items !== undefined) return `list of ${typeText(schema.items)}`;
  if (schema.enum !== undefined) return schema.enum.map((value) => `<code>${escape(value)}</code>`).join(' ');
  return escape(schema.format ?? schema.type ?? 'any value');
}

function note(text: string | undefined): string {
  return text === undefined ? '' : `<p>${escape(text)}</p>`;
}

function escape(text: string): string {
  return text.replaceAll(/[&<>"]/g, (character) => `&#${character.charCodeAt(0)};`);
}

/** The page's one style sheet, as it stands in it. */
export const referenceStyle = `
body{font:16px/1.5 system-ui,sans-serif;max-width:60rem;margin:2rem auto;padding:0 1rem;color:#222;background:#fff}
code{font:.9em ui-monospace,monospace;background:#f2f2f2;padding:.1em .3em;border-radius:3px}
table{border-collapse:collapse;margin:.5rem 0 1rem;width:100%}
th,td{text-align:left;vertical-align:top;border-bottom:1px solid #ddd;padding:.3rem .6rem .3rem 0}
h2{margin-top:2.5rem;border-bottom:2px solid #333}h3{margin-bottom:.2rem}
@media(prefers-color-scheme:dark){body{background:#181818;color:#ddd}code{background:#2a2a2a}a{color:#8ab4f8}
th,td{border-color:#444}h2{border-color:#999}}`;
