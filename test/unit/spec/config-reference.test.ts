import { readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { expect, it } from 'vitest';
import type { Field } from '../../../internal/spec/field.ts';
import { fields } from '../../../internal/spec/fields.ts';

const page = path.resolve(import.meta.dirname, '../../../docs/config-reference.md');

const introduction = `# Fields of a config

Made from the table in \`internal/spec/fields.ts\`. A config is a JSON object; it may have any of Elemento's shapes, or mix them:
each field is looked for under all of its names, and two that disagree are an error. A field that is not known is ignored,
with a notice. Only \`slots\` and \`ramsize\` must be given.

`;

const others = `
## Beside the table

| field | meaning |
| --- | --- |
| \`info.vm_name\`, \`vm_name\`, \`name\`, \`info.name\` | The VM's name; the first that is there counts. |
| \`info.description\` | Kept as the domain's description. |
| \`networks\` | A list of \`{"network_uid"}\`: uuid or name of a libvirt network, or the name of its bridge. Absent: the network \`default\`; \`has_network: false\`: none. |
| \`netdevs\` | Only \`[]\`: it never had a meaning. |
| \`volumes\` | A list of \`{"vid"}\` (one that exists) or \`{"size"}\` in bytes, \`{"size_gb"}\` (a new one); \`format\` (qcow2, raw), \`bus\` (virtio, sata, scsi, ide), \`readonly\`, \`bootable\`, \`priority\` (0 boots first). |
| \`storage.boot\`, \`storage.data\` | The same in Spot's form. |
| \`authentication\`, \`auth\`, \`userAuth\`, \`cloudinit\`, \`startup\`, \`cloud_init_b64\` | For the guest; read, kept nowhere, and not applied yet. |
| \`xml\`, \`py/object\` | Ignored: a client's document is never defined. |
`;

function cell(text: string): string {
  return text.replaceAll('|', '\\|').replaceAll('\n', ' ');
}

function row({ path: name, aliases, allowed, unit, fallback, unset, meaning }: Field<unknown>): string {
  const names = [name, ...aliases.map((alias) => alias.path)].map((each) => `\`${each}\``).join(', ');
  const standard = fallback === undefined ? '**required**' : (unset ?? `\`${JSON.stringify(fallback)}\``);
  return `| ${names} | ${cell(allowed)}${unit === undefined ? '' : `, ${unit}`} | ${standard} | ${cell(meaning)} |`;
}

it('docs/config-reference.md says what the table says; UPDATE_DOCS=1 rewrites it', async () => {
  const rows = (Object.values(fields) as Field<unknown>[]).map(row);
  const text = `${introduction}| field | allowed | default | meaning |\n| --- | --- | --- | --- |\n${rows.join('\n')}\n${others}`;
  if (process.env['UPDATE_DOCS'] === '1') await writeFile(page, text);
  expect(await readFile(page, 'utf8')).toBe(text);
});
