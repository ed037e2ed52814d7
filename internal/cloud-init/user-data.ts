import {
  isCollection,
  isMap,
  isPair,
  isScalar,
  LineCounter,
  parseDocument,
  visit,
  type Document,
  type YAMLMap,
} from 'yaml';

/** The user's own user-data, by what cloud-init makes of it. */
export type UserData =
  /** Every scalar is as it was written: what it means is for cloud-init to say. */
  | { readonly form: 'cloud-config'; readonly document: Document<YAMLMap, false> }
  /** A script, an include, a template ...; `type` is its media type. */
  | { readonly form: 'part'; readonly type: string; readonly text: string }
  /** A MIME message, with parts of its own. */
  | { readonly form: 'message'; readonly text: string }
  /** Begins as nothing that cloud-init knows: it will be ignored. */
  | { readonly form: 'unknown'; readonly text: string };

export type UserDataAnswer =
  | { readonly ok: true; readonly userData: UserData }
  /** What is wrong, without a word of what was written. */
  | { readonly ok: false; readonly problem: string };

/** Media types by the words that user-data begins with (cloud-init: User-data formats). Longer words come first. */
const partTypes: readonly (readonly [string, string])[] = [
  ['#cloud-config-archive', 'text/cloud-config-archive'],
  ['#cloud-config-jsonp', 'text/cloud-config-jsonp'],
  ['## template: jinja', 'text/jinja2'],
  ['#cloud-boothook', 'text/cloud-boothook'],
  ['#include-once', 'text/x-include-once-url'],
  ['#part-handler', 'text/part-handler'],
  ['#include', 'text/x-include-url'],
  ['#!', 'text/x-shellscript'],
];
/** As far as cloud-init looks for the header of a MIME message. */
const mimeWithin = 4096;
const deepest = 64;

/** Tells the forms apart as cloud-init does: by how the text begins. */
export function readUserData(written: string): UserDataAnswer {
  const text = written.replace(/^\ufeff/, '').trimStart();
  const beginning = text.slice(0, 32).toLowerCase();
  const part = partTypes.find(([word]) => beginning.startsWith(word));
  if (part !== undefined) return { ok: true, userData: { form: 'part', type: part[1], text } };
  if (beginning.startsWith('#cloud-config')) return readCloudConfig(text);
  if (looksLikeMime(text)) return { ok: true, userData: { form: 'message', text } };
  return { ok: true, userData: { form: 'unknown', text } };
}

/** Whether cloud-init would take the text for a MIME message, whatever it is. */
export function looksLikeMime(text: string): boolean {
  return text.slice(0, mimeWithin).toLowerCase().includes('mime-version:');
}

function readCloudConfig(text: string): UserDataAnswer {
  const lineCounter = new LineCounter();
  try {
    const document = parseDocument(text.replace(/^.*/, ''), {
      schema: 'failsafe',
      prettyErrors: false,
      lineCounter,
    });
    const [error] = document.errors;
    if (error !== undefined) {
      const { line } = lineCounter.linePos(error.pos[0]);
      return { ok: false, problem: `it is not YAML: line ${line}, ${error.code}` };
    }
    const { contents } = document;
    if (contents === null || (isScalar(contents) && contents.value === '')) {
      document.contents = document.createNode({}) as never;
    } else if (!isMap(contents)) return { ok: false, problem: 'it must be a map of keys and values' };
    if (hasLooseAlias(document)) return { ok: false, problem: 'it has an alias without an anchor before it' };
    if (depthOf(document.contents) > deepest)
      return { ok: false, problem: `it is nested more than ${deepest} levels deep` };
    return { ok: true, userData: { form: 'cloud-config', document: document as never } };
  } catch {
    // The parser's call stack ended before the text did.
    return { ok: false, problem: 'it is nested too deeply' };
  }
}

function hasLooseAlias(document: Document): boolean {
  let loose = false;
  visit(document, {
    Alias(_key, node) {
      loose ||= node.resolve(document) === undefined;
    },
  });
  return loose;
}

function depthOf(node: unknown): number {
  if (isPair(node)) return Math.max(depthOf(node.key), depthOf(node.value));
  return isCollection(node) ? 1 + Math.max(0, ...node.items.map(depthOf)) : 0;
}
