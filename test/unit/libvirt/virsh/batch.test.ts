import { expect, test } from 'vitest';
import { virError } from '../../../../internal/libvirt/error-code.ts';
import { batchLine } from '../../../../internal/libvirt/virsh/batch.ts';

test('a command for virsh’s standard input is one line of quoted words', () => {
  expect(batchLine(['set-user-password', '--password=it\'s "$x" \\; y'], 'x')).toBe(
    "'set-user-password' '--password=it'\\''s \"$x\" \\; y'\n",
  );
});

test.each(['a\nquit', 'a\tb', '\u0000', '\u001b[A', '\u007f'])('%j is refused', (value) => {
  expect(() => batchLine(['x', value], 'domains.setUserPassword')).toThrow(
    expect.objectContaining({ code: virError.invalidArgument, call: 'domains.setUserPassword' }),
  );
});
