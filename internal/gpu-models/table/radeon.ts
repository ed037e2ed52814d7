import type { CardSection } from '../card-rows.ts';

/** Facts: amd.com/en/products (specifications of each card). */
export const radeon: CardSection = {
  vendor: 'amd',
  kind: 'consumer',
  rows: `
# Up to 2010
Radeon 9500 Pro|0.125||0.6
Radeon 9600|0.125,0.25||0.4
Radeon 9600 Pro|0.125,0.25||0.5
Radeon 9700|0.125||0.7
Radeon 9700 Pro|0.125||0.8
Radeon 9800|0.125||0.9
Radeon 9800 Pro|0.125,0.25||1|listed as Radeon 9800 Series
Radeon 9800 XT|0.25||1.1
Radeon X700|0.125,0.25||0.9
Radeon X800 XT|0.25||2
Radeon X850 XT|0.25||2.2
Radeon X1600 Pro|0.25,0.5||1.1
Radeon X1800 XT|0.5,0.25||3
Radeon X1900 XT|0.5,0.25||3.6
Radeon X1950 Pro|0.25,0.5||3
Radeon X1950 XT|0.25||3.7
Radeon X1950 XTX|0.5||3.9
Radeon HD 2600 XT|0.25,0.5||1.8
Radeon HD 2900 XT|0.5,1||4.2
Radeon HD 3450|0.25,0.5||0.7
Radeon HD 3650|0.5,0.25||1.7
Radeon HD 3850|0.25,0.5||3.8
Radeon HD 3870|0.5||4.3
Radeon HD 3870 X2|0.5,1||6.5
Radeon HD 4350|0.5,1||0.8
Radeon HD 4550|0.5,0.25||1
Radeon HD 4650|0.5,1||2
Radeon HD 4670|0.5,1||2.7
Radeon HD 4770|0.5||5
Radeon HD 4830|0.5,1||4.9
Radeon HD 4850|0.5,1||6
Radeon HD 4870|1,0.5||7.5
Radeon HD 4870 X2|1,2||11
Radeon HD 4890|1||8.5
# HD 5000 and 6000
Radeon HD 5450|0.5,1||1|listed as Radeon HD 5000
Radeon HD 5550|0.5,1||2
Radeon HD 5570|1,0.5||2.7
Radeon HD 5670|0.5,1||4
Radeon HD 5750|1,0.5||6
Radeon HD 5770|1||7.2
Radeon HD 5830|1||8.7
Radeon HD 5850|1||11
Radeon HD 5870|1,2||13
Radeon HD 5970|1,2||19
Radeon HD 6450|1,0.5,2||1.5
Radeon HD 6570|1,0.5,2||3.3
Radeon HD 6670|1,2||4.3
Radeon HD 6750|1||6.1
Radeon HD 6770|1||7.3
Radeon HD 6790|1||9
Radeon HD 6850|1||11.5
Radeon HD 6870|1||13.5
Radeon HD 6930|1,2||14.5
Radeon HD 6950|2,1||16.5
Radeon HD 6970|2||18.5
Radeon HD 6990|2,4||29
# HD 7000 and R
Radeon HD 7730|1,2||7
Radeon HD 7750|1,2||9.5
Radeon HD 7770|1,2||12.5
Radeon HD 7790|1,2||16
Radeon HD 7850|2,1||20
Radeon HD 7870|2||24
Radeon HD 7870 XT|2||25.5
Radeon HD 7950|3||27
Radeon HD 7970|3,6||33
Radeon HD 7990|3,6||52
Radeon R7 240|1,2||4.5
Radeon R7 250|1,2||6.5
Radeon R7 250X|1,2||12
Radeon R7 260X|2,1||16
Radeon R7 265|2||20
Radeon R9 270|2||23
Radeon R9 270X|2,4||25
Radeon R9 280|3||28
Radeon R9 280X|3,6||34
Radeon R9 285|2||30
Radeon R9 290|4||48
Radeon R9 290X|4,8||53
Radeon R9 295X2|4,8||80
Radeon R7 360|2||15
Radeon R7 370|2,4||22
Radeon R9 380|2,4||33
Radeon R9 380X|4||37
Radeon R9 390|8||54
Radeon R9 390X|8||59
Radeon R9 Nano|4||62|listed as Radeon R9 FURY
Radeon R9 Fury|4||65|listed as Radeon R9 FURY
Radeon R9 Fury X|4||70|listed as Radeon R9 FURY
# RX 400 and 500, Vega
Radeon RX 460|2,4||23
Radeon RX 470|4,8||43
Radeon RX 480|8,4||50
Radeon RX 550|2,4||15
Radeon RX 560|4,2||25
Radeon RX 570|4,8||46
Radeon RX 580|8,4||53
Radeon RX 590|8||58
Radeon RX Vega 56|8||73
Radeon RX Vega 64|8||82
Radeon Vega Frontier Edition|16||80
Radeon VII|16||102
# RX 5000
Radeon RX 5500|4||50
Radeon RX 5500 XT|8,4||53|listed as Radeon RX 5500
Radeon RX 5600 XT|6||82
Radeon RX 5700|8||92
Radeon RX 5700 XT|8||104
# RX 6000
Radeon RX 6300|2||22
Radeon RX 6400|4||37
Radeon RX 6500 XT|4,8||48
Radeon RX 6600|8||91
Radeon RX 6600 XT|8||111
Radeon RX 6650 XT|8||114
Radeon RX 6700|10||118
Radeon RX 6700 XT|12||131
Radeon RX 6750 XT|12||138
Radeon RX 6800|16||168
Radeon RX 6800 XT|16||193
Radeon RX 6900 XT|16||206
Radeon RX 6950 XT|16||220
# RX 7000
Radeon RX 7600|8||118
Radeon RX 7600 XT|16||124
Radeon RX 7700 XT|12||172
Radeon RX 7800 XT|16||205
Radeon RX 7900 GRE|16||225
Radeon RX 7900 XT|20||265
Radeon RX 7900 XTX|24||310
# RX 9000
Radeon RX 9060 XT|16,8||160
Radeon RX 9070 GRE|12||225
Radeon RX 9070|16||250
Radeon RX 9070 XT|16||280
# In processors
Radeon Vega 3|||5|listed as Radeon Vega Series
Radeon Vega 6|||8|listed as Radeon Vega Series
Radeon Vega 7|||10|listed as Radeon Vega Series
Radeon Vega 8|||10|listed as Radeon Vega Series
Radeon Vega 11|||12|listed as Radeon Vega Series
Radeon 680M|||22
Radeon 760M|||22
Radeon 780M|||27
Radeon 880M|||30
Radeon 890M|||34
`,
};
