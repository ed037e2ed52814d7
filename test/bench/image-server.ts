import { createHash, randomBytes } from 'node:crypto';
import http from 'node:http';
import type { AddressInfo } from 'node:net';

/**
 * A web server in a process of its own, so that it does not share the daemon's: serves one image of so many MiB, made of
 * one random MiB over and over. Prints `PORT SHA256` when it listens.
 */
const mebibytes = Number(process.argv[2]);
const block = randomBytes(2 ** 20);
// The mark of a boot sector: it is a raw disk.
block.writeUInt16LE(0xaa55, 510);
const hash = createHash('sha256');
for (let i = 0; i < mebibytes; i += 1) hash.update(block);
const digest = hash.digest('hex');

const server = http.createServer((_request, response) => {
  response.writeHead(200, { 'Content-Length': block.length * mebibytes, ETag: `"${digest}"` });
  let left = mebibytes;
  const send = (): void => {
    while (left > 0) {
      left -= 1;
      if (!response.write(block)) {
        response.once('drain', send);
        return;
      }
    }
    response.end();
  };
  send();
});
server.listen(0, '127.0.0.1', () => {
  process.stdout.write(`${(server.address() as AddressInfo).port} ${digest}\n`);
});
