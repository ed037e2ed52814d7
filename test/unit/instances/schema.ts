import { execa } from 'execa';

/** What libvirt's own schema has against a document; null: nothing. */
export async function invalidAgainstSchema(kind: 'domain', xml: string): Promise<string | null> {
  const schema = `/usr/share/libvirt/schemas/${kind}.rng`;
  const { failed, stderr } = await execa('xmllint', ['--noout', '--relaxng', schema, '-'], {
    input: xml,
    reject: false,
  });
  return failed ? stderr : null;
}
