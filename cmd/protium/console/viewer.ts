import path from 'node:path';

/** How a viewer is told where the display is: some take a URL, the family of vncviewer takes host::port. */
export function viewerArguments(program: string, port: number): readonly string[] {
  const name = path.basename(program);
  return /^(?:remote-viewer|virt-viewer|vinagre|krdc|open|xdg-open)$/.test(name)
    ? [`vnc://127.0.0.1:${port}`]
    : [`127.0.0.1::${port}`];
}
