import { expect, it } from '@jest/globals';
import { type Particle, withParticle } from '../../web/src/words/korean-particles.ts';

it.each<[string, Particle, string]>([
  ['베이직', '으로/로', '베이직으로'],
  ['프리미엄', '으로/로', '프리미엄으로'],
  ['스탠다드', '으로/로', '스탠다드로'],
  ['연말', '으로/로', '연말로'],
  ['연말', '을/를', '연말을'],
  ['베이직', '은/는', '베이직은'],
  ['스탠다드', '이/가', '스탠다드가'],
  ['두 달 묶음', '을/를', '두 달 묶음을'],
  ['9,900원', '이/가', '9,900원이'],
  ['프리미엄 (연간)', '으로/로', '프리미엄 (연간)으로'],
  ['Plan 7', '으로/로', 'Plan 7로'],
  ['Plan 3', '을/를', 'Plan 3을'],
  ['Plan 2', '을/를', 'Plan 2를'],
  ['XL', '으로/로', 'XL로'],
  ['VIP', '은/는', 'VIP는'],
])('%s takes the form of %s that fits its last syllable: %s', (word, particle, expected) => {
  expect(withParticle(word, particle)).toBe(expected);
});
