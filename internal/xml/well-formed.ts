import { forbiddenCharacter, nameSource } from './characters.ts';
import { malformed } from './malformed.ts';
import { referenceAt } from './references.ts';

const declaration =
  /<\?xml[ \t\n]+version[ \t\n]*=[ \t\n]*(?:"1\.[0-9]+"|'1\.[0-9]+')(?:[ \t\n]+encoding[ \t\n]*=[ \t\n]*(?:"[A-Za-z][\w.-]*"|'[A-Za-z][\w.-]*'))?(?:[ \t\n]+standalone[ \t\n]*=[ \t\n]*(?:"(?:yes|no)"|'(?:yes|no)'))?[ \t\n]*\?>/y;
const startTag = new RegExp(`<(${nameSource})`, 'uy');
const endTag = new RegExp(`</(${nameSource})[ \\t\\n]*>`, 'uy');
const attributePart = new RegExp(`[ \\t\\n]+(${nameSource})[ \\t\\n]*=[ \\t\\n]*("[^"]*"|'[^']*')`, 'uy');
const tagEnd = /[ \t\n]*(\/?)>/y;
const instruction = new RegExp(`<\\?(${nameSource})(?:\\?>|[ \\t\\n])`, 'uy');

/**
 * Refuses what is not well-formed XML 1.0, and document types and entities altogether. fast-xml-parser reads many
 * such texts without a word; libvirt's parser (libxml2) does not, and a reader and libvirt must not disagree.
 *
 * @param text with line ends as single line feeds.
 */
export function checkWellFormed(text: string, maxDepth: number): void {
  new Scan(text, maxDepth).run();
}

class Scan {
  readonly #text: string;
  readonly #maxDepth: number;
  readonly #open: { readonly name: string; readonly index: number }[] = [];
  #index = 0;
  #rootSeen = false;

  constructor(text: string, maxDepth: number) {
    this.#text = text;
    this.#maxDepth = maxDepth;
  }

  run(): void {
    const bad = forbiddenCharacter(this.#text);
    if (bad !== null) this.#fail(bad.index, `the character ${bad.label} is not allowed in XML; remove it`);
    this.#match(declaration);
    while (this.#index < this.#text.length) {
      if (this.#text[this.#index] === '<') this.#markup();
      else this.#characters();
    }
    const unclosed = this.#open.at(-1);
    if (unclosed !== undefined) {
      this.#fail(unclosed.index, `<${unclosed.name}> is never closed; add </${unclosed.name}>`);
    }
    if (!this.#rootSeen) this.#fail(this.#index, 'there is no element; send an XML document');
  }

  #markup(): void {
    const { startsWith } = this;
    if (startsWith('<!--')) this.#comment();
    else if (startsWith('<![CDATA[')) this.#cdata();
    else if (startsWith('<!DOCTYPE')) {
      this.#fail(this.#index, 'a document type or entity declaration is not accepted; remove <!DOCTYPE ...>');
    } else if (startsWith('<?')) this.#instruction();
    else if (startsWith('</')) this.#endTag();
    else this.#startTag();
  }

  readonly startsWith = (prefix: string): boolean => this.#text.startsWith(prefix, this.#index);

  #comment(): void {
    const end = this.#endOf('-->', 4, 'the comment is never closed; add -->');
    const dashes = this.#text.indexOf('--', this.#index + 4);
    if (dashes < end) this.#fail(dashes, 'a comment may not contain "--"; remove one dash');
    this.#index = end + 3;
  }

  #cdata(): void {
    this.#insideRoot('a CDATA section');
    this.#index = this.#endOf(']]>', 9, 'the CDATA section is never closed; add ]]>') + 3;
  }

  #instruction(): void {
    const start = this.#index;
    const target = this.#match(instruction)?.[1];
    if (target === undefined) this.#fail(start, 'the processing instruction has no name');
    if (target.toLowerCase() === 'xml') {
      this.#fail(start, 'the XML declaration must be right at the start, with version="1.0"');
    }
    this.#index = start;
    const end = this.#endOf('?>', 2, 'the processing instruction is never closed; add ?>');
    // fast-xml-parser takes a quote for the start of a value and would read on past the end.
    if (/["']/.test(this.#text.slice(start, end).replace(/"[^"]*"|'[^']*'/g, ''))) {
      this.#fail(
        start,
        'a processing instruction with an unpaired quote is not accepted; remove the instruction',
      );
    }
    this.#index = end + 2;
  }

  #startTag(): void {
    const start = this.#index;
    const name = this.#match(startTag)?.[1];
    if (name === undefined) this.#fail(start, '"<" does not begin a tag; write &lt; for the character');
    if (this.#open.length === 0 && this.#rootSeen) {
      this.#fail(
        start,
        `<${name}> stands after the end of the document; only one outermost element is allowed`,
      );
    }
    const names = new Set<string>();
    for (let part = this.#attribute(names); part; part = this.#attribute(names));
    const end = this.#match(tagEnd);
    if (end === null) {
      this.#fail(
        this.#index,
        `the tag <${name}> is not complete here; expected an attribute with a quoted value, or >`,
      );
    }
    this.#rootSeen = true;
    if (end[1] === '') this.#open.push({ name, index: start });
    if (this.#open.length > this.#maxDepth) {
      this.#fail(start, `elements are nested more than ${this.#maxDepth} deep; flatten the document`);
    }
  }

  #attribute(names: Set<string>): boolean {
    const start = this.#index;
    const match = this.#match(attributePart);
    if (match === null) return false;
    const [whole, name = '', value = ''] = match;
    const valueIndex = start + whole.length - value.length;
    if (names.has(name)) this.#fail(start + 1, `the attribute "${name}" is given twice; keep one`);
    names.add(name);
    const less = value.indexOf('<');
    if (less !== -1) this.#fail(valueIndex + less, `"<" in the attribute "${name}" must be written &lt;`);
    this.#references(value, valueIndex);
    return true;
  }

  #endTag(): void {
    const start = this.#index;
    const name = this.#match(endTag)?.[1];
    if (name === undefined) this.#fail(start, 'the end tag is not complete');
    const open = this.#open.pop();
    if (open === undefined) this.#fail(start, `</${name}> closes nothing; remove it`);
    if (open.name !== name) this.#fail(start, `</${name}> stands where </${open.name}> is expected`);
  }

  #characters(): void {
    const next = this.#text.indexOf('<', this.#index);
    const end = next === -1 ? this.#text.length : next;
    const characters = this.#text.slice(this.#index, end);
    const visible = characters.search(/[^ \t\n]/);
    if (visible !== -1 && this.#open.length === 0) {
      this.#fail(this.#index + visible, 'there is text outside the outermost element; remove it');
    }
    const close = characters.indexOf(']]>');
    if (close !== -1) this.#fail(this.#index + close, '"]]>" in text must be written ]]&gt;');
    this.#references(characters, this.#index);
    this.#index = end;
  }

  #references(text: string, offset: number): void {
    for (let index = text.indexOf('&'); index !== -1; index = text.indexOf('&', index + 1)) {
      if (referenceAt(text, index) === null) {
        this.#fail(offset + index, '"&" begins no character that XML knows; write &amp; for the character');
      }
    }
  }

  #insideRoot(what: string): void {
    if (this.#open.length === 0)
      this.#fail(this.#index, `${what} stands outside the outermost element; remove it`);
  }

  #endOf(closing: string, skip: number, problem: string): number {
    const end = this.#text.indexOf(closing, this.#index + skip);
    if (end === -1) this.#fail(this.#index, problem);
    return end;
  }

  /** Matches at the present place and goes on behind the match. */
  #match(expression: RegExp): RegExpExecArray | null {
    expression.lastIndex = this.#index;
    const match = expression.exec(this.#text);
    if (match !== null) this.#index = expression.lastIndex;
    return match;
  }

  #fail(index: number, problem: string): never {
    const before = this.#text.slice(0, index);
    const line = before.split('\n').length;
    const column = index - before.lastIndexOf('\n');
    throw malformed(`Line ${line}, column ${column}: ${problem}.`, { line, column });
  }
}
