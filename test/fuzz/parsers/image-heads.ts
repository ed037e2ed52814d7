/** The beginnings of disk images: of each format that is known, the hostile ones too. */
function qcow2({ backing = 0n, features = 0n, encrypted = 0 } = {}): Buffer {
  const head = Buffer.alloc(512);
  head.write('QFI\xfb', 'latin1');
  head.writeUInt32BE(3, 4);
  head.writeBigUInt64BE(backing, 8);
  head.writeUInt32BE(backing === 0n ? 0 : 11, 16);
  head.writeBigUInt64BE(2n ** 30n, 24);
  head.writeUInt32BE(encrypted, 32);
  head.writeBigUInt64BE(features, 72);
  head.writeUInt32BE(104, 100);
  return head;
}

function vmdk(): Buffer {
  const head = Buffer.alloc(512);
  head.write('KDMV', 'latin1');
  head.writeUInt32LE(1, 4);
  head.writeBigUInt64LE(2048n, 12);
  return head;
}

function disk(): Buffer {
  const head = Buffer.alloc(512);
  head.writeUInt16BE(0x55aa, 510);
  return head;
}

export const imageHeads: readonly Buffer[] = [
  qcow2(),
  qcow2({ backing: 256n }),
  qcow2({ features: 1n << 2n }),
  qcow2({ encrypted: 2 }),
  vmdk(),
  Buffer.from('# Disk DescriptorFile\nversion=1\nRW 1 FLAT "/etc/passwd" 0\n'),
  Buffer.concat([Buffer.from('vhdxfile'), Buffer.alloc(120)]),
  Buffer.concat([Buffer.from('conectix'), Buffer.alloc(504)]),
  Buffer.from([0x1f, 0x8b, 8, 0, 0, 0, 0, 0]),
  Buffer.from([0xfd, 0x37, 0x7a, 0x58, 0x5a, 0]),
  disk(),
];
