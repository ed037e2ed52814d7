import type { CardSection } from '../card-rows.ts';

/** Facts: amd.com/en/products/professional-graphics (specifications of each card). */
export const radeonPro: CardSection = {
  vendor: 'amd',
  kind: 'workstation',
  rows: `
# FirePro
FirePro V3900|1||3
FirePro V4800|1||4
FirePro V4900|1||4
FirePro V5900|2||8
FirePro V7800|2||10
FirePro V7900|2||14
FirePro V8800|2||12.5
FirePro V9800|4||13
FirePro W2100|2||5
FirePro W4100|2||9
FirePro W5000|2||17
FirePro W5100|4||15
FirePro W7000|4||23
FirePro W7100|8||30
FirePro W8100|8||45
FirePro W9000|6||33
FirePro W9100|16,32||53
# Radeon Pro WX
Radeon Pro WX 2100|2||12
Radeon Pro WX 3100|4||14
Radeon Pro WX 3200|4||15
Radeon Pro WX 4100|4||23
Radeon Pro WX 5100|8||40
Radeon Pro WX 7100|8||50
Radeon Pro WX 8200|8||75
Radeon Pro WX 9100|16||80
# Radeon Pro W
Radeon Pro W5500|8||50
Radeon Pro W5700|8||92
Radeon Pro W5700X|16||95
Radeon Pro W6400|4||37
Radeon Pro W6600|8||95
Radeon Pro W6800|32||170
Radeon Pro W6800X|32||170
Radeon Pro W6900X|32||205
Radeon Pro W7500|8||95
Radeon Pro W7600|8||118
Radeon Pro W7700|16||185
Radeon Pro W7800|32,48||235
Radeon Pro W7900|48||300
Radeon AI PRO R9700|32||280
Radeon Pro VII|16||100
Radeon Pro 5700|8||85
Radeon Pro 5700 XT|16||92
Radeon Pro Vega II|32||98
Radeon Pro Vega 56|8||70
Radeon Pro Vega 64|16||80
`,
};

/** Facts: amd.com/en/products/accelerators (data sheets). */
export const instinct: CardSection = {
  vendor: 'amd',
  kind: 'datacenter',
  rows: `
FirePro S7150|8||33
Radeon Pro V520|8||90
Radeon Pro V620|32||165
Instinct MI25|16||80
Instinct MI50|16,32||100
Instinct MI60|32||105
Instinct MI100|32||200
Instinct MI210|64||230
Instinct MI250|64,128||330
Instinct MI250X|64,128||340
Instinct MI300A|128||420
Instinct MI300X|192||470
Instinct MI325X|256||480
Instinct MI350X|288||600
Instinct MI355X|288||640
`,
};
