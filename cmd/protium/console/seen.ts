/** Tells whether a text has come by, in whatever pieces. */
export function watchFor(text: string): (bytes: Uint8Array) => boolean {
  const wanted = Buffer.from(text);
  let last = Buffer.alloc(0);
  return (bytes) => {
    const all = Buffer.concat([last, bytes]);
    // The most that could be the beginning of it.
    last = all.subarray(Math.max(0, all.length - wanted.length + 1));
    return all.includes(wanted);
  };
}
