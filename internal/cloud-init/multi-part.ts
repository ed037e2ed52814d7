/** A part of user-data: one of a known media type, or a whole message with headers of its own. */
export type Part =
  { readonly type: string; readonly filename: string; readonly text: string } | { readonly message: string };

/** User-data of several parts (cloud-init: MIME multi-part archive). */
export function multiPart(parts: readonly Part[]): string {
  const bodies = parts.map((part) => ('message' in part ? part.message : encoded(part)));
  const boundary = unusedBoundary(bodies);
  return [
    `Content-Type: multipart/mixed; boundary="${boundary}"`,
    'MIME-Version: 1.0',
    '',
    ...bodies.flatMap((body) => [`--${boundary}`, body]),
    `--${boundary}--`,
    '',
  ].join('\n');
}

function encoded({ type, filename, text }: Exclude<Part, { readonly message: string }>): string {
  const base64 = Buffer.from(text).toString('base64');
  return [
    `Content-Type: ${type}; charset="utf-8"`,
    'MIME-Version: 1.0',
    'Content-Transfer-Encoding: base64',
    `Content-Disposition: attachment; filename="${filename}"`,
    '',
    ...(base64.match(/.{1,76}/g) ?? []),
  ].join('\n');
}

function unusedBoundary(bodies: readonly string[]): string {
  for (let count = 0; ; count += 1) {
    const boundary = `==protium-${count}==`;
    if (!bodies.some((body) => body.includes(boundary))) return boundary;
  }
}
