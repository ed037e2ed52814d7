/** Makes one pattern of alternatives that stand as words of their own. Beside Chinese and Japanese, which have no blanks, too. */
export function wordsPattern(alternatives: string, flags = 'giu'): RegExp {
  return new RegExp(
    String.raw`(?<![\p{Script=Latin}\p{Script=Cyrillic}\p{Script=Greek}\p{N}])(?:${alternatives})(?![\p{Script=Latin}\p{Script=Cyrillic}\p{Script=Greek}\p{N}])`,
    flags,
  );
}

/** What a size can be of. `other`: caches, swap, traffic and the like, which are no size of the machine. */
export type Kind = 'vram' | 'memory' | 'disk' | 'other';

export interface KindWord {
  readonly kind: Kind | 'gpu' | 'cpu' | 'os';
  /** It says so only where nothing else does: "free", "databases". */
  readonly weak: boolean;
  readonly start: number;
  readonly end: number;
}

const vocabulary: readonly (readonly [KindWord['kind'], boolean, string])[] = [
  [
    'vram',
    false,
    String.raw`v-?ram|(?:dedicated |shared )?(?:video|graphics?|gpu)[ -]?(?:memory|ram|mem)|gddr\d\w?|hbm\d?\w?|(?:video|grafik|gpu-?)speicher|grafikkartenspeicher|mémoire (?:vidéo|graphique|gpu|dédiée)|memoria (?:de )?(?:v[ií]deo|gr[áa]fica|gpu|dedicata|dedicada)|memória (?:de )?(?:vídeo|gráfica|gpu|dedicada)|(?:memoria|memória|mémoire|memory) (?:of|de|della|du|da|on) (?:the |la |su )?(?:gpu|card|carte|tarjeta|scheda|placa)(?: graphique| gráfica| grafica)?|videogeheugen|pamięci? (?:graficznej|wideo)|видеопамят\p{L}*`,
  ],
  [
    'vram',
    false,
    '显存|顯存|ビデオメモリー?|グラフィックス?メモリー?|グラフィックボードメモリ|비디오 메모리',
  ],
  [
    'memory',
    false,
    String.raw`ram|(?:system |main |physical |working )?memory|(?:arbeits|haupt)speicher|ddr\d\w*|mémoire(?: vive| système)?|memoria(?: ram| di sistema| del sistema| principal)?|memória(?: ram)?|geheugen|werkgeheugen|pamię(?:ci|ć)|minne|arbetsminne|оперативн\p{L}* памят\p{L}*|озу|памят\p{L}*|heap`,
  ],
  ['memory', false, '内存|内存容量|記憶體|主记忆|メインメモリー?|メモリー?|메모리|运行内存'],
  [
    'disk',
    false,
    String.raw`dis[kc]s?(?:[ -]?space)?|hdds?|ssds?|nvmes?|m\.2|storage|hard[ -]?(?:drives?|dis[kc]s?)|drives?(?: space)?|(?:free|available) space|space|volumes?|partitions?|(?:festplatten?|platten?|massen|daten|ssd-?|disk-?)(?:speicher)?(?:platz|kapazität|speicher)?|speicherplatz|speicherbedarf|datenträger|platz|disques?(?: durs?)?|stockage|espace(?: disque| libre)?|discos?(?: duros?| rigidos?| rígidos?)?|almacenamiento|espacio|spazio|archiviazione|armazenamento|espaço|hd|schijf\p{L}*|opslag\p{L}*|dysk\p{L}*|miejsc\p{L}*|lagring\p{L}*|диск\p{L}*|накопител\p{L}*|жестк\p{L}*|мест[оа]|install(?:ation)?[ -]size|sd[ -]?card|cf[ -]?card|(?:disk|system) image|raid[ -]?\d*`,
  ],
  [
    'disk',
    false,
    '硬盘|硬碟|磁盘|磁碟|存储空间|存储|储存|可用空间|空间|ストレージ|ディスク|ハードディスク|空き容量|容量|저장 공간|하드',
  ],
  [
    'disk',
    true,
    String.raw`free|(?:media|transcode|disk|ssd|artifact|build) cache|cache|recordings?|footage|photos|videos?|mails?|uploads?|documents?|home(?: director(?:y|ies))?|homes|homeverzeichnis\p{L}*|(?:user )?profiles?|profile|programs?|programme|metrics|reads|samples|scratch|archiv\p{L}*|sicherung\p{L}*|aufzeichnung\p{L}*|aufnahmen|enregistrements?|grabaciones|registrazioni|gravações|anexos|frei\p{L}*|libres?|liber[oi]|livres?|databases?|datasets?|repositor(?:y|ies)|data|ledger|blockchain|snapshots?|logs?|backups?|archives?|librar(?:y|ies)|models?|weights|install(?:ation|ed|er|s|ieren|iert)?|datenbank(?:en)?|daten|modelle?|bibliothek(?:en)?|protokolle?|base de données|données|modèles?|journaux|datos|modelos?|instalaci[óo]n|dados|instalação|dati|modelli|installazione|content|media|genome|files|mailbox(?:es)?|postf(?:ä|a)cher|attachments|index(?:es)?|projects?|package|root|system disk|/\w+`,
  ],
  [
    'gpu',
    false,
    String.raw`(?:graphics?|video|display)[ -]?(?:cards?|adapters?|processors?|boards?|units?|chips?|hardware)|(?<!i)gpus?|graphics|grafik(?:karten?|prozessor(?:en)?|chips?|einheit)?|(?:cartes?|processeurs?|puces?|chipsets?) (?:graphiques?|vidéos?|3d)|(?:tarjetas?|placas?) (?:gráficas?|de v[íi]deo|de video|aceleradoras?)|gráfica (?:dedicada|integrada)|sched[ae] (?:grafic[ah]e?|video)|vga|videokaart(?:en)?|grafische kaart(?:en)?|videokarte|kart[ay] graficzn\p{L}+|karty graficznej|grafikkort|видеокарт\p{L}*|графическ\p{L}+ (?:карт\p{L}+|процессор\p{L}*)|(?<!(?:sd|cf|network|netzwerk|sound|smart|memory|raid|id|lan|ethernet|capture|wifi|wi-fi|nic|micro|credit|tuner|fibre|channel|hba|fc|dvb|controller|interface|serial)[ /-])cards?|karten?|carte|scheda|placa|tarjeta`,
  ],
  ['gpu', false, '显卡|顯示卡|显示卡|グラフィックス?(?:カード|ボード)?|ビデオカード|그래픽 ?카드?'],
  [
    'cpu',
    false,
    String.raw`v?cpus?|v?cores?|processors?|prozessor(?:en)?|processeurs?|procesador(?:es)?|processor[ei]|processador(?:es)?|kerne[ns]?|cœurs?|coeurs?|núcleos?|threads?|procesor|процессор\p{L}*|ядер|ядра`,
  ],
  ['cpu', false, '处理器|處理器|プロセッサー?|核心?|コア|프로세서'],
  [
    'os',
    false,
    String.raw`os|operating systems?|betriebssysteme?|système(?: d'exploitation)?|sistema operativo|sistema operacional|besturingssysteem|system operacyjny|операционн\p{L}* систем\p{L}*|ос|platform`,
  ],
  ['os', false, '操作系统|作業系統|操作系統|運営体制|対応OS|운영 ?체제'],
  [
    'other',
    false,
    String.raw`(?:l[123]|cpu|smart)[ -]?cache|swap\p{L}*|page ?files?|auslagerungsdatei|networks?|netzwerk|ethernet|nics?|lan|internet|bandwidth|bandbreite|réseau|red|rete|rede|uplink|upload|download(?:ed)? size|throughput|traffic|transfer|bus|usb|stick|shared memory|shm|buffers?|tokens?|resolution|per month|pro monat|par mois|al mes|al mese|por mês`,
  ],
];

const patterns = vocabulary.map(([kind, weak, alternatives]) => ({
  kind,
  weak,
  pattern: /^[\p{Script=Latin}\p{Script=Cyrillic}\\(]/u.test(alternatives)
    ? wordsPattern(alternatives)
    : new RegExp(alternatives, 'giu'),
}));

/** Words of a text that say what a size is of, by place; of those that overlap the longest. */
export function findKindWords(text: string): readonly KindWord[] {
  const found = patterns.flatMap(({ kind, weak, pattern }) =>
    [...text.matchAll(pattern)].map((match): KindWord => ({
      kind,
      weak,
      start: match.index,
      end: match.index + match[0].length,
    })),
  );
  found.sort(
    (one, other) => one.start - other.start || other.end - one.end || Number(one.weak) - Number(other.weak),
  );
  const kept: KindWord[] = [];
  for (const word of found) if (word.start >= (kept.at(-1)?.end ?? 0)) kept.push(word);
  return kept;
}
