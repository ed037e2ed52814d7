import { readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { expect, it } from 'vitest';
import { extraKeys } from '../../../internal/spec/extra.ts';
import type { Field } from '../../../internal/spec/field.ts';
import { allFields } from '../../../internal/spec/fields.ts';
import { ignoredKeys } from '../../../internal/spec/known-keys.ts';

const page = path.resolve(import.meta.dirname, '../../../docs/config-reference.md');

const introduction = `# Fields of a config

<!-- Made from the table in internal/spec/fields.ts. Rewrite: UPDATE_DOCS=1 npx vitest run --project unit test/unit/spec -->

A config is a JSON object; it may have any of Elemento's shapes, or mix them: each field is looked for under all of its
names. Only \`slots\` and \`ramsize\` must be given.

- Two names of one field that disagree are an error that names both; order in lists of alternatives and case do not matter.
- \`null\` says nothing. Numbers may be text (\`"0.5"\`); \`true\` and \`false\` may be 1 and 0; words may have any case.
- A field that is not known is ignored, with a notice that says what was probably meant. Under \`protium\` it is an error.
- Every wrong field gets an error: \`path\` as it was sent, \`value\` (shortened; never a secret), \`message\`, \`allowed\`, \`unit\`.
- Memory is in MiB and a volume's \`size\` in bytes, in every shape. A number that looks like GB is refused, never guessed at;
  \`"protium": {"memoryUnit": "GiB"}\` says that memory is in GiB.
- The same as JSON Schema (2020-12): [config.schema.json](config.schema.json). Worked examples: [config-examples.md](config-examples.md).

`;

const code = (names: readonly string[]): string => names.map((name) => `\`${name}\``).join(', ');

const others = `
## Beside the table

| field | meaning |
| --- | --- |
| ${code(extraKeys)} | Of clouds and accounts: a short text, a number, true or false is kept and echoed, without effect. |
| ${code(ignoredKeys)} | Ignored: said by the server, or never acted on. A client's document is never defined. |

A register body has \`client_uid\` (or \`client_uuid\`: 32 hexadecimal digits, or a dashed uuid), and its config beside it, or in
\`req\` (an object, or one as JSON text). What both say must agree; an empty list in one says nothing.

## How the guest is set up

What \`authentication\` and \`cloudinit\` say goes onto a medium that only this guest gets (cloud-init's data source NoCloud), and
cloud-init in the guest acts on it at the first boot: the disk's image must have it. Windows, macOS and TempleOS have none; a
notice then says that nothing was applied. Where neither field says anything, no medium is made.

- The **host name** is the domain's name.
- The **user** may use \`sudo\` without a password. Without \`username\` it is the one of the image that the disk is made from, else the one that images of \`os_flavour\` know: \`debian\`,
  \`ubuntu\`, \`fedora\`, \`alpine\`, \`rocky\`, \`opensuse\`, \`almalinux\`, \`arch\`, \`cloud-user\` (CentOS), else \`root\`. Without any of
  name, key and password the image's own user stays.
- The **password** is hashed (SHA-512 crypt) before it is written anywhere. It opens the console; ssh too if there is no key.
- **SSH host keys** are made with the VM, and their public halves told in the answer: the first ssh can be verified.
- **qemu-guest-agent** is installed and started, if the VM has a channel for it (\`misc.qemu_agent\`) and a network.

\`cloudinit\` may be in any form that cloud-init knows. A **\`#cloud-config\`** is merged with ours: where both say something, yours
counts; of lists, ours come first, then yours; entries of \`users\` with one name are one user, and a password that you give it
there counts. If it has \`ssh_keys\`, no host keys are made; if it has \`fqdn\`, that is the name. The default user stays beside ours
if it speaks of it (\`user\`, \`password\`, \`ssh_authorized_keys\`, \`ssh_import_id\`) without \`users\`. All that you wrote stays as it was
written; YAML that cannot be read is an error with its line. **Other forms** (\`#!\` scripts, \`#include\`, \`## template: jinja\`, MIME
messages ...) go along as parts of a MIME message, after ours: what then is merged, cloud-init merges by its own rules. Text
that begins as none of them is left out, with a notice.
`;

function cell(text: string): string {
  return text.replaceAll('|', '\\|').replaceAll('\n', ' ');
}

function row({ path: name, aliases, type, allowed, unit, fallback, unset, meaning }: Field<unknown>): string {
  const standard = fallback === undefined ? '**required**' : (unset ?? `\`${JSON.stringify(fallback)}\``);
  const others = code(aliases.map((alias) => alias.path));
  return `| \`${name}\` | ${others} | ${type} | ${cell(allowed)} | ${unit ?? ''} | ${standard} | ${cell(meaning)} |`;
}

it('docs/config-reference.md says what the table says; UPDATE_DOCS=1 rewrites it', async () => {
  const head =
    '| field | also | type | allowed | unit | default | meaning |\n| --- | --- | --- | --- | --- | --- | --- |\n';
  const text = `${introduction}${head}${allFields.map(row).join('\n')}\n${others}`;
  if (process.env['UPDATE_DOCS'] === '1') await writeFile(page, text);
  expect(await readFile(page, 'utf8')).toBe(text);
});
