import { fromBinary, toBinary } from '@bufbuild/protobuf';
import {
  FileDescriptorProtoSchema,
  FileDescriptorSetSchema,
  type DescriptorProto,
  type EnumDescriptorProto,
  type FileDescriptorProto,
} from '@bufbuild/protobuf/wkt';
import { readInstalledFile } from '../installed-file.ts';

/** The contracts of the server, found by file and by name. */
export interface DescriptorIndex {
  /** The file and all that it imports, itself first, each a serialised FileDescriptorProto. */
  file(name: string): readonly Buffer[] | undefined;
  /** The file that declares the symbol (full name, no leading dot), with what it imports. */
  fileOfSymbol(symbol: string): readonly Buffer[] | undefined;
  /** The file that declares the extension, with what it imports. */
  fileOfExtension(message: string, number: number): readonly Buffer[] | undefined;
  /** Numbers of all extensions of the message, ascending; undefined: there is no such message. */
  extensionNumbers(message: string): readonly number[] | undefined;
}

/** proto/descriptors.binpb of this installation. */
export function readDescriptors(): Buffer {
  return readInstalledFile('proto', 'descriptors.binpb');
}

/** @param bytes a serialised google.protobuf.FileDescriptorSet, complete with imports. */
export function indexDescriptors(bytes: Uint8Array): DescriptorIndex {
  const files = new Map(fromBinary(FileDescriptorSetSchema, bytes).file.map((file) => [file.name, file]));
  const encoded = new Map(
    Array.from(files, ([name, file]) => [name, Buffer.from(toBinary(FileDescriptorProtoSchema, file))]),
  );
  const symbols = new Map<string, string>();
  const messages = new Set<string>();
  const extensions = new Map<string, Map<number, string>>();
  for (const file of files.values()) {
    for (const { name, message } of symbolsOf(file)) {
      symbols.set(name, file.name);
      if (message) messages.add(name);
    }
    for (const { extendee, number } of extensionsOf(file)) {
      const message = extendee.slice(1);
      extensions.set(message, (extensions.get(message) ?? new Map<number, string>()).set(number, file.name));
    }
  }

  const withImports = (name: string | undefined): readonly Buffer[] | undefined => {
    const root = name === undefined ? undefined : files.get(name);
    if (root === undefined) return undefined;
    const found = new Set([root.name]);
    // The set grows while it is walked, and the walk includes what is added.
    for (const each of found)
      for (const dependency of files.get(each)?.dependency ?? []) found.add(dependency);
    return [...found].flatMap((each) => encoded.get(each) ?? []);
  };

  return {
    file: withImports,
    fileOfSymbol: (symbol) => withImports(symbols.get(symbol)),
    fileOfExtension: (message, number) => withImports(extensions.get(message)?.get(number)),
    extensionNumbers: (message) =>
      messages.has(message) ? [...(extensions.get(message)?.keys() ?? [])].sort((a, b) => a - b) : undefined,
  };
}

interface DeclaredSymbol {
  readonly name: string;
  readonly message: boolean;
}

function* symbolsOf(file: FileDescriptorProto): Generator<DeclaredSymbol> {
  const scope = file.package === '' ? '' : `${file.package}.`;
  for (const message of file.messageType) yield* symbolsOfMessage(scope, message);
  for (const each of file.enumType) yield* symbolsOfEnum(scope, each);
  for (const extension of file.extension) yield { name: scope + extension.name, message: false };
  for (const service of file.service) {
    yield { name: scope + service.name, message: false };
    for (const method of service.method)
      yield { name: `${scope}${service.name}.${method.name}`, message: false };
  }
}

function* symbolsOfMessage(scope: string, message: DescriptorProto): Generator<DeclaredSymbol> {
  const name = scope + message.name;
  yield { name, message: true };
  for (const member of [...message.field, ...message.oneofDecl, ...message.extension]) {
    yield { name: `${name}.${member.name}`, message: false };
  }
  for (const nested of message.nestedType) yield* symbolsOfMessage(`${name}.`, nested);
  for (const nested of message.enumType) yield* symbolsOfEnum(`${name}.`, nested);
}

/** The values of an enum are named in the scope that the enum stands in, not below it. */
function* symbolsOfEnum(scope: string, each: EnumDescriptorProto): Generator<DeclaredSymbol> {
  yield { name: scope + each.name, message: false };
  for (const value of each.value) yield { name: scope + value.name, message: false };
}

function* extensionsOf(file: FileDescriptorProto): Generator<{ extendee: string; number: number }> {
  yield* file.extension;
  for (const message of file.messageType) yield* extensionsOfMessage(message);
}

function* extensionsOfMessage(message: DescriptorProto): Generator<{ extendee: string; number: number }> {
  yield* message.extension;
  for (const nested of message.nestedType) yield* extensionsOfMessage(nested);
}
