/**
 * A text for people that is never longer than so many UTF-16 units, and has no half of a character, also where it was cut: an
 * encoder of an answer may throw at one (encodeURI does, for gRPC's status).
 */
export function cutText(text: string, longest: number): string {
  const cut = text.length <= longest ? text : `${text.slice(0, longest - 1)}…`;
  return cut.replaceAll(/\p{Surrogate}/gu, '\ufffd');
}
