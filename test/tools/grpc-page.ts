import { fromBinary } from '@bufbuild/protobuf';
import {
  FieldDescriptorProto_Label,
  FieldDescriptorProto_Type,
  FileDescriptorSetSchema,
  type DescriptorProto,
  type FieldDescriptorProto,
  type FileDescriptorProto,
} from '@bufbuild/protobuf/wkt';
import { execa } from 'execa';
import { join } from 'node:path';
import { text } from './grpc-page-text.ts';

/** Makes docs/grpc.md from the contracts in proto/ and the comments that stand there. */

const root = join(import.meta.dirname, '../..');

/** Files in the order of the page. What they import of the public contracts needs no description here. */
const described = [
  'manager/manager.proto',
  'protium/v1/instances.proto',
  'protium/v1/domains.proto',
  'protium/v1/operations.proto',
  'protium/v1/events.proto',
  'protium/v1/computations.proto',
  'protium/v1/consoles.proto',
  'protium/v1/guests.proto',
  'protium/v1/host.proto',
  'protium/v1/key_pairs.proto',
  'protium/v1/access_keys.proto',
  'protium/v1/pools.proto',
  'protium/v1/volumes.proto',
  'protium/v1/networks.proto',
  'protium/v1/port_forwards.proto',
  'protium/v1/floating_addresses.proto',
  'protium/v1/firewall.proto',
  'protium/v1/flavors.proto',
  'google/rpc/error_details.proto',
  'agent/agent.proto',
];

/** The whole page. */
export async function grpcPage(): Promise<string> {
  const { stdout } = await execa('buf', ['build', '--as-file-descriptor-set', '-o', '-'], {
    cwd: root,
    preferLocal: true,
    localDir: root,
    encoding: 'buffer',
  });
  const files = fromBinary(FileDescriptorSetSchema, stdout).file;
  const chapters = described.map((name) => {
    const file = files.find((each) => each.name === name);
    if (file === undefined) throw new Error(`proto/${name} is not there`);
    return chapter(file);
  });
  return `${text}\n${chapters.join('\n')}`;
}

function chapter(file: FileDescriptorProto): string {
  const comment = commentsOf(file);
  const lines = [`## proto/${file.name}`, ''];
  for (const [at, service] of file.service.entries()) {
    lines.push(`### ${file.package}.${service.name}`, '', paragraph(comment(6, at)), '');
    lines.push('| rpc | request | answer | |', '|---|---|---|---|');
    for (const [index, method] of service.method.entries()) {
      const answer = `${method.serverStreaming ? 'stream of ' : ''}${link(method.outputType, file)}`;
      const meaning = cell(comment(6, at, 2, index));
      const request = `${method.clientStreaming ? 'stream of ' : ''}${link(method.inputType, file)}`;
      lines.push(`| \`${method.name}\` | ${request} | ${answer} | ${meaning} |`);
    }
    lines.push('');
  }
  for (const [at, message] of file.messageType.entries()) {
    lines.push(`### ${file.package}.${message.name}`, '', paragraph(comment(4, at)), '');
    if (message.field.length === 0) continue;
    lines.push('| number | field | type | |', '|---|---|---|---|');
    for (const [index, field] of message.field.entries()) {
      const meaning = cell(comment(4, at, 2, index));
      lines.push(`| ${field.number} | \`${field.name}\` | ${typeOf(field, message, file)} | ${meaning} |`);
    }
    lines.push('');
  }
  for (const [at, kind] of file.enumType.entries()) {
    lines.push(
      `### ${file.package}.${kind.name}`,
      '',
      paragraph(comment(5, at)),
      '',
      '| number | value | |',
      '|---|---|---|',
    );
    for (const [index, value] of kind.value.entries()) {
      lines.push(`| ${value.number} | \`${value.name}\` | ${cell(comment(5, at, 2, index))} |`);
    }
    lines.push('');
  }
  return lines.join('\n');
}

/** Comments by their place: numbers and indexes of descriptor.proto, as SourceCodeInfo has them. */
function commentsOf(file: FileDescriptorProto): (...place: number[]) => string {
  const comments = new Map(
    file.sourceCodeInfo?.location.map(({ path, leadingComments }) => [
      path.join('.'),
      leadingComments.trim(),
    ]),
  );
  return (...place) => comments.get(place.join('.')) ?? '';
}

function typeOf(field: FieldDescriptorProto, message: DescriptorProto, file: FileDescriptorProto): string {
  const entry = message.nestedType.find(
    (nested) =>
      nested.options?.mapEntry === true && field.typeName.endsWith(`.${message.name}.${nested.name}`),
  );
  if (entry !== undefined) {
    const [key, value] = entry.field.map((each) => typeOf(each, entry, file));
    return `map of ${key ?? ''} to ${value ?? ''}`;
  }
  const type =
    field.typeName === '' ? FieldDescriptorProto_Type[field.type].toLowerCase() : link(field.typeName, file);
  if (field.label === FieldDescriptorProto_Label.REPEATED) return `repeated ${type}`;
  return field.proto3Optional ? `optional ${type}` : type;
}

/** A type of the same file by its short name, with a link to it; any other by its full name. */
function link(typeName: string, file: FileDescriptorProto): string {
  const name = typeName.slice(1);
  const short = name.slice(file.package.length + 1);
  const isHere = [...file.messageType, ...file.enumType].some(
    (each) => `${file.package}.${each.name}` === name,
  );
  return isHere ? `[${short}](#${name.replaceAll('.', '').toLowerCase()})` : name;
}

function paragraph(comment: string): string {
  return comment.replace(/\n /g, '\n');
}

function cell(comment: string): string {
  return comment.replace(/\s+/g, ' ').replaceAll('|', '\\|');
}
