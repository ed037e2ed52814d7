/** A path as it can be shown: what a terminal would obey stands there as an escape, "\u001b". */
export function printablePath(path: string): string {
  return path.replaceAll(
    /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}]/gu,
    (sign) => String.raw`\u${(sign.codePointAt(0) ?? 0).toString(16).padStart(4, '0')}`,
  );
}
