/** Ctrl-], as virsh and telnet have it. */
const escapeByte = 0x1d;

/** What is typed, up to the escape key; `left` is called there. */
export async function* untilEscape(
  input: AsyncIterable<unknown>,
  left: () => void,
): AsyncGenerator<Uint8Array> {
  for await (const chunk of input) {
    const bytes = Buffer.isBuffer(chunk) ? chunk : Buffer.from(String(chunk));
    const at = bytes.indexOf(escapeByte);
    if (at === -1) yield bytes;
    else {
      if (at > 0) yield bytes.subarray(0, at);
      left();
      return;
    }
  }
}
