import { clauseAt, type Reading } from './reading.ts';

/** "except the GTX 1650": what follows is ruled out, to the end of the sentence. */
const exceptWord =
  /(?<![\p{L}])(?:except(?:ing)?(?: for)?|excluding|but not|other than|not the|apart from|außer|ausgenommen|nicht die|mit ausnahme|sauf|excepté|hors|hormis|excepto|salvo|tranne|eccetto|esclus[aeio]|exceto|menos a|behalve|кроме)(?![\p{L}])|除外|除了/giu;
/** "AMD cards are advised against": what is in the clause is ruled out. */
const rejected =
  /(?<![\p{L}])(?:advised against|advise against|unsupported|(?:do|does|did|will|is|are|can)(?:n't| not) (?:\p{L}+ )?(?:work|run|supported|recommended|suitable|compatible|enough|sufficient|an option|certified|possible|allowed|wanted|welcome)|(?:not|never) (?:\p{L}+ )?(?:supported|recommended|suitable|compatible|enough|sufficient|an option|certified)|avoid(?:ed)?|won't (?:do|work|run)|cannot (?:be used|run)|doesn't (?:work|run|do)|don't (?:work|run|use|want|do)|are out|is out|no longer supported|nicht (?:mehr )?(?:unterstützt|empfohlen|geeignet|kompatibel|zertifiziert|möglich|verwend\p{L}+)|(?:funktionier|lauf|läuf)\p{L}* nicht|reich\p{L}* nicht|ausgeschlossen|déconseill\p{L}+|(?:non|pas|plus) (?:support\p{L}+|compatibles?|prise?s? en charge|recommand\p{L}+|certifi\p{L}+)|ne (?:\p{L}+ )?(?:sont|est|fonctionnent?|convien\p{L}+|suffi\p{L}+|march\p{L}+) (?:pas|plus)|no (?:\p{L}+ )?(?:son|es|está\p{L}*|están) (?:compatibles?|soportad\p{L}+|recomendad\p{L}+|recomendables?|válid\p{L}+)|no (?:soportad|compatibl|recomendad|sirve|funciona|valen)\p{L}*|desaconsej\p{L}+|sconsigliat\p{L}+|non (?:\p{L}+ )?(?:support\p{L}+|compatibil\p{L}|funzion\p{L}+|consigliat\p{L}|vanno|va bene|adatt\p{L})|desaconselh\p{L}+|não (?:\p{L}+ )?(?:suport|compat|funciona|recomend|serve)\p{L}*|niet ondersteund|не поддержива\p{L}+)(?![\p{L}])|不支持|不推荐|非対応|非推奨/iu;
/** Straight before a name: "no AMD card". */
const noBefore =
  /(?<![\p{L}])(?:no need for|nothing (?:from|of|with)|pas besoin d(?:e|'un)|no hace falta|no necesita\p{L}*|non (?:serve|occorre)|não precisa(?: de)?|kein bedarf an|no|not|without|never|non|keine?[nrsm]?|nicht|ohne|pas de|pas d'|pas une?|sans|aucune?|sin|ning[uú]n\p{L}*|sem|nenhum\p{L}*|senza|nessun\p{L}*|geen|zonder|bez|без)\s+(?:any |a |an |une? |una |uma |eine?[nr]? |the |need for |separate |specific |special |particular |certain |spezielle |bestimmte |particulière |dedicated |discrete |dedizierte |eigene |extra |zusätzliche |carte |tarjeta |scheda |placa |special |own |physical ){0,3}$/iu;
const notNeeded =
  /^[^.;,()\n]{0,36}?(?<![\p{L}])(?:(?:is |are )?(?:not|n't) (?:\p{L}+ )?(?:needed|required|necessary|used|relevant|wanted|available|installed)|isn't (?:needed|required|necessary|used)|unnecessary|irrelevant|absent|nicht (?:\p{L}+ )?(?:nötig|erforderlich|benötigt|notwendig|gebraucht|vorhanden)|unnötig|n'est pas (?:nécessaire|requise?|utile)|pas (?:nécessaire|requise?|besoin)|inutile|non (?:\p{L}+ )?(?:nécessaire|requise?|serve|necessaria|richiesta|occorre|prevista)|no (?:es |se )?(?:necesari\p{L}+|requerid\p{L}+|hace falta|necesita|requiere)|innecesari\p{L}|não (?:é )?(?:necess\p{L}+|obrigat\p{L}+|requerid\p{L}+|precisa)|desnecess\p{L}+|dispensável|nie (?:jest )?(?:potrzebn|wymagan|konieczn)\p{L}*|niet (?:nodig|vereist)|zbędn\p{L}+|не (?:нужн|требу)\p{L}+)/iu;
const noneAsValue =
  /^\s*(?:no(?:ne|t (?:needed|required|necessary|applicable|used))?|n\/a|-+|keine?|nicht (?:nötig|erforderlich|benötigt|notwendig)|entfällt|aucune?|non (?:requise?|nécessaire|richiesta|necessaria)|pas (?:nécessaire|requise?|de carte)|ningun\p{L}*|no (?:requerida|necesaria|hace falta)|nessun\p{L}*|nenhum\p{L}*|não (?:necess|requer)\p{L}+|geen|brak|нет|无|なし|不要)(?![\p{L}\d])/iu;
const denseNone =
  /(?:不需要|无需|没有|不用)[^。，；]{0,8}$|^[^。，、；]{0,8}(?:不需要|无需|不要|なし|必要ありません|必要ない|不必要)/u;

/** Ruled out: said not to do, or named as the exception. */
export function isRuledOut(reading: Reading, start: number, end: number): boolean {
  const { text } = reading.segment;
  const { from, to } = clauseAt(reading, start, end);
  if (rejected.test(text.slice(from, to))) return true;
  for (const match of text.matchAll(exceptWord)) {
    const stop = /[.;)](?=\s|$)/.exec(text.slice(match.index))?.index ?? text.length;
    if (start >= match.index && start < match.index + stop) return true;
  }
  return false;
}

/** "no graphics card", "GPU: not needed", "ohne GPU". */
export function isDenied(reading: Reading, start: number, end: number): boolean {
  const { text } = reading.segment;
  return (
    noBefore.test(text.slice(Math.max(0, start - 60), start)) ||
    notNeeded.test(text.slice(end, end + 80)) ||
    denseNone.test(text.slice(Math.max(0, start - 12), start)) ||
    denseNone.test(text.slice(end, end + 14))
  );
}

export function saysNone(text: string): boolean {
  return noneAsValue.test(text);
}
