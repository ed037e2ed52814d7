import fc from 'fast-check';
import { authenticationTargets } from './authentication.ts';
import { readPpm } from '../../../internal/consoles/ppm.ts';
import { fieldsOf, firstJsonValue } from '../../../internal/api/http/first-json-value.ts';
import { formOf } from '../../../internal/api/http/gpueater/form.ts';
import { fieldsOfForm } from '../../../internal/api/http/gpueater/read-fields.ts';
import { headerText } from '../../../internal/api/http/header-text.ts';
import { pageQuery } from '../../../internal/api/http/page-query.ts';
import { metadataText } from '../../../internal/api/grpc/metadata-text.ts';
import { guestFacts } from '../../../internal/guest-agent/guest-facts.ts';
import { readChecksum } from '../../../internal/images/checksum/checksum.ts';
import { judge, decideFormat, requireSelfContained } from '../../../internal/images/inspect/judge.ts';
import { readImageReport } from '../../../internal/images/inspect/qemu-img.ts';
import { readQcow2Header } from '../../../internal/images/inspect/qcow2-header.ts';
import { readSignature } from '../../../internal/images/inspect/signature.ts';
import { requireImageName } from '../../../internal/images/names.ts';
import { readImportRequest, readUploadRequest } from '../../../internal/images/request.ts';
import { readInvoiceId } from '../../../internal/invoices/invoice.ts';
import { normaliseAddress } from '../../../internal/leases/named-device.ts';
import { readRange } from '../../../internal/storage/volumes/volume-content.ts';
import { readFirewallRequest } from '../../../internal/firewall/firewall.ts';
import { typedValue } from '../../../internal/libvirt/virsh/output/typed-values.ts';
import { mutatedBytes, mutatedText } from '../generators/mutation.ts';
import { anyName, anyValue, bentValue } from '../generators/values.ts';
import { mayRefuse } from '../refusal.ts';
import { target, type FuzzTarget } from '../target.ts';
import { imageHeads } from './image-heads.ts';

const forms = [
  'a=1&a=2&b[]=3&instances[0][instance_id]=x',
  'instances=%5B%7B%22instance_id%22%3A%22x%22%7D%5D&force=true',
];
const report =
  '{"virtual-size":1073741824,"filename":"a","format":"qcow2","actual-size":1,"backing-filename":"/etc/passwd","format-specific":{"type":"qcow2","data":{"compat":"1.1","data-file":"/etc/shadow","corrupt":false}},"dirty-flag":false}';
const importBody = {
  name: 'debian',
  source: { kind: 'url', location: 'https://a/b.qcow2' },
  checksum: `sha256:${'0'.repeat(64)}`,
  format: 'qcow2',
  os: { family: 'linux', flavour: 'debian', version: '12' },
  asIs: false,
};
/** As the contract's types let it come. */
const firewall = fc.record({
  defaultIn: fc.oneof(fc.constantFrom('accept', 'drop', ''), anyName),
  defaultOut: fc.oneof(fc.constantFrom('accept', 'drop', ''), anyName),
  rules: fc.array(
    fc.record({
      direction: fc.oneof(fc.constantFrom('in', 'out'), anyName),
      action: fc.oneof(fc.constantFrom('accept', 'drop', 'reject'), anyName),
      protocol: fc.oneof(fc.constantFrom('tcp', 'udp', 'icmp', 'all'), anyName),
      portFirst: fc.oneof(fc.constantFrom(0, 22), fc.integer()),
      portLast: fc.oneof(fc.constantFrom(0, 22), fc.integer()),
      remote: mutatedText(['10.0.0.0/8', '2001:db8::/32', '']),
    }),
    { maxLength: 4 },
  ),
});
const formats = ['qcow2', 'raw', 'vmdk'] as const;

/** Everything that a function may ask of a form. */
function readForm(text: string): Promise<unknown> {
  const form = formOf(fieldsOfForm(text));
  const questions = [
    () => form.text('a'),
    () => form.given('b'),
    () => form.integer('a', { min: 0, max: 10 }),
    () => form.flag('force'),
    () => form.entries(),
    () => form.instanceIds(),
  ];
  return Promise.all(questions.map((ask) => mayRefuse<unknown>(ask)));
}

const heads = mutatedBytes(imageHeads);

export const requestTargets: readonly FuzzTarget[] = [
  ...authenticationTargets,
  target("GPUEater's forms", mutatedText(forms), readForm),
  target("GPUEater's JSON", fc.dictionary(anyName, anyValue), (fields) => {
    const form = formOf(new Map(Object.entries(fields)));
    return Promise.all(
      [() => form.instanceIds(), () => form.entries()].map((ask) => mayRefuse<unknown>(ask)),
    );
  }),
  target("Cocos' bodies", mutatedText(['{"pool":"a","volume":"b","domain":"c"}{"x":1}', '[1,2]']), (text) =>
    mayRefuse(() => fieldsOf(firstJsonValue(Buffer.from(text)), ['pool', 'volume', 'domain'])),
  ),
  target(
    'pages of lists',
    fc.dictionary(
      fc.constantFrom('page_size', 'pageSize', 'limit', 'after', 'page_token'),
      fc.oneof(anyName, fc.array(anyName)),
    ),
    (query) => mayRefuse(() => pageQuery(query)),
  ),
  target(
    'Range',
    fc.tuple(
      mutatedText(['bytes=0-1', 'bytes=-5', 'bytes=7-', 'bytes=0-1,3-4']),
      fc.bigInt({ min: 0n, max: 2n ** 63n }),
    ),
    ([header, size]) => mayRefuse(() => readRange(header, size)),
  ),
  target('texts in headers', mutatedText(['a notice']), (text) => {
    if (!/^[\x20-\x7e]*$/.test(headerText(text) + metadataText(text)))
      throw new Error('A header could be ended.');
  }),
  target('requests for images', bentValue([importBody]), (body) => mayRefuse(() => readImportRequest(body))),
  target(
    'uploads of images',
    fc.tuple(anyName, fc.dictionary(fc.constantFrom('checksum', 'format'), anyName)),
    ([name, query]) =>
      mayRefuse(() => [readUploadRequest(name, query), requireImageName(name), readChecksum(name)]),
  ),
  target(
    'ids',
    mutatedText(['2026-11-0123456789abcdef0123456789abcdef', '0000:01:00.0', '01:00.0']),
    (text) => [readInvoiceId(text), normaliseAddress(text)],
  ),
  target('heads of images', fc.tuple(heads, heads, fc.constantFrom(null, ...formats)), ([head, tail, said]) =>
    mayRefuse(() => {
      readQcow2Header(head);
      requireSelfContained(decideFormat(readSignature(head, tail), said), head);
    }),
  ),
  target("qemu-img's JSON", mutatedText([report]), (text) => {
    const read = readImageReport(text);
    return read === null ? null : mayRefuse(() => judge(read, 'qcow2', 2 ** 40));
  }),
  target(
    "a guest's facts",
    fc.dictionary(
      mutatedText(['os.id', 'fs.count', 'fs.0.total-bytes', 'fs.0.disk.0.device']),
      mutatedText(['1', 'debian']),
    ),
    (answer) =>
      guestFacts(
        Object.fromEntries(Object.entries(answer).map(([name, value]) => [name, typedValue(name, value)])),
      ),
  ),
  target('screenshots', mutatedBytes([Buffer.from('P6\n# x\n2 1\n255\nabcdef')]), (bytes) => readPpm(bytes)),
  target('requests for a firewall', firewall, (body) => mayRefuse(() => readFirewallRequest(body))),
];
