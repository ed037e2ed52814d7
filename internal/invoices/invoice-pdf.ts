import type { Invoice, InvoiceLine } from './invoice.ts';

const margin = 50;
/** Left edges in points, and widths; A4 is 595 points wide. */
const columns = [
  { title: 'What', x: 50, width: 215, align: 'left' },
  { title: 'Hours', x: 270, width: 70, align: 'right' },
  { title: 'Price', x: 345, width: 90, align: 'right' },
  { title: 'Amount', x: 440, width: 105, align: 'right' },
] as const;
const lineHeight = 26;

/** The invoice as a PDF of A4 pages. Characters that PDF's own fonts lack are shown as question marks. */
export async function invoicePdf(invoice: Invoice): Promise<Buffer> {
  // Only who asks for one waits for the library.
  const { default: PdfDocument } = await import('pdfkit');
  const document = new PdfDocument({
    size: 'A4',
    margin,
    info: {
      Title: `Invoice ${invoice.id}`,
      Producer: 'Protium',
      Creator: 'Protium',
      CreationDate: new Date(invoice.to),
    },
  });
  const chunks: Buffer[] = [];
  const whole = new Promise<Buffer>((resolve, reject) => {
    document.on('data', (chunk: Buffer) => chunks.push(chunk));
    document.on('end', () => resolve(Buffer.concat(chunks)));
    document.on('error', reject);
  });
  head(document, invoice);
  for (const line of invoice.lines) row(document, line);
  rule(document);
  const { y } = document;
  cell(document, 0, y + 6, 'Total', true);
  cell(document, 3, y + 6, money(invoice.total), true);
  document.end();
  return whole;
}

function head(document: PDFKit.PDFDocument, invoice: Invoice): void {
  document.font('Helvetica-Bold').fontSize(18).text(`Invoice ${invoice.month}`);
  document.font('Helvetica').fontSize(9).moveDown(0.5);
  document.text(`Id: ${invoice.id}`);
  document.text(`Owner: ${invoice.owner}`);
  document.text(`From ${invoice.from} to ${invoice.to}`);
  if (!invoice.closed) {
    document.moveDown(0.5).font('Helvetica-Bold');
    document.text('Not closed: the month is not over, and there is more to come.');
  }
  document.moveDown(1.5);
  titles(document);
}

function titles(document: PDFKit.PDFDocument): void {
  const { y } = document;
  for (const [index, { title }] of columns.entries()) cell(document, index, y, title, true);
  document.y = y + 14;
  rule(document);
}

function row(document: PDFKit.PDFDocument, line: InvoiceLine): void {
  if (document.y + lineHeight + 30 > document.page.height - margin) {
    document.addPage();
    titles(document);
  }
  const y = document.y + 4;
  const what = [line.name, line.flavor === line.name ? null : line.flavor, line.tag].filter(
    (part) => part !== null && part !== '',
  );
  cell(document, 0, y, what.join(' · '));
  document.fillColor('#666666');
  cell(document, 0, y + 11, `${line.kind} ${line.subject}`);
  document.fillColor('black');
  cell(document, 1, y, (line.seconds / 3600).toFixed(4));
  cell(document, 2, y, `${money(line.price)} / ${line.kind === 'instance' ? 'hour' : 'month'}`);
  cell(document, 3, y, money(line.amount));
  document.y = y + lineHeight - 4;
}

function cell(document: PDFKit.PDFDocument, index: number, y: number, text: string, bold = false): void {
  const column = columns[index] ?? columns[0];
  document
    .font(bold ? 'Helvetica-Bold' : 'Helvetica')
    .fontSize(9)
    .text(shown(text), column.x, y, {
      width: column.width,
      height: 11,
      align: column.align,
      lineBreak: false,
      ellipsis: true,
    });
}

function rule(document: PDFKit.PDFDocument): void {
  const { y } = document;
  document.moveTo(columns[0].x, y).lineTo(545, y).lineWidth(0.5).stroke();
  document.y = y + 2;
}

function money(amount: number): string {
  return amount.toFixed(4);
}

/** Of Latin-1 only what is printed: others would come out as other characters. */
function shown(text: string): string {
  return text.replace(/[^\x20-\x7e\xa1-\xff]/gu, '?');
}
