import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { status } from '@grpc/grpc-js';
import { expect, it } from 'vitest';
import { catalogue } from '../../../internal/errors/catalogue.ts';

const file = path.resolve(import.meta.dirname, '../../../docs/errors.md');

function page(): string {
  const rows = Object.entries(catalogue).map(
    ([code, { http, grpc, retryable, title }]) =>
      `| \`${code}\` | ${http} | ${status[grpc] ?? ''} | ${retryable ? 'yes' : 'no'} | ${title} |`,
  );
  return `# Errors

<!-- Made from internal/errors/catalogue.ts. Rewrite: UPDATE_DOCS=1 npx vitest run --project unit test/unit/errors -->

Every error has one of these codes; decide by it, not by the text. HTTP answers are problem details (RFC 9457,
\`application/problem+json\`) with the members \`code\`, \`detail\` (what is wrong and what to do), \`retryable\`,
\`details\` (facts: libvirt's code and text, the path, the members that conflict …) and \`instance\` (the request id, as
in the log). gRPC answers carry the code in the trailing metadata \`protium-error-code\`. \`POST /domain\` and
\`POST /run\` answer with the statuses of the Cocos manager where it had one: see [http.md](http.md).

Retry: the same request may succeed later without being changed.

| code | HTTP | gRPC | retry | meaning |
|---|---|---|---|---|
${rows.join('\n')}
`;
}

it('docs/errors.md lists the catalogue', () => {
  if (process.env['UPDATE_DOCS'] === '1') writeFileSync(file, page());
  expect(readFileSync(file, 'utf8')).toBe(page());
});
