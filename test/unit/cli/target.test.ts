import { expect, it } from 'vitest';
import { targetOf } from '../../../cmd/protium/connection/target.ts';

it.each([
  ['127.0.0.1:7001', '127.0.0.1:7001'],
  ['vmhost', 'vmhost:7001'],
  ['[::1]:9', '[::1]:9'],
  ['[::1]', '[::1]:7001'],
  ['::1', '[::1]:7001'],
  ['unix:/run/x.sock', 'unix:/run/x.sock'],
])('%s is %s', (address, target) => {
  expect(targetOf(address)).toBe(target);
});

it('an address of HTTP is none', () => {
  expect(() => targetOf('http://127.0.0.1:9021')).toThrow(/speaks gRPC/);
});
