import Iso639 from 'iso-639-1';

/** English names of ISO 639 and of common use that neither the library nor Node's ICU has. */
const OTHER_NAMES: Readonly<Record<string, readonly string[]>> = {
  ca: ['Valencian'],
  cu: ['Church Slavonic', 'Old Bulgarian', 'Old Slavonic'],
  dv: ['Dhivehi', 'Maldivian'],
  el: ['Modern Greek'],
  es: ['Castilian'],
  fa: ['Farsi'],
  fy: ['Frisian'],
  gd: ['Gaelic'],
  ie: ['Occidental'],
  ki: ['Gikuyu'],
  kl: ['Greenlandic'],
  km: ['Central Khmer', 'Cambodian'],
  ky: ['Kirghiz'],
  lb: ['Letzeburgesch'],
  li: ['Limburgan', 'Limburger'],
  my: ['Myanmar'],
  nb: ['Bokmål'],
  nl: ['Flemish'],
  nn: ['Nynorsk'],
  nv: ['Navaho'],
  ny: ['Chewa'],
  ps: ['Pushto'],
  ro: ['Moldavian', 'Moldovan'],
  si: ['Sinhalese'],
  st: ['Sesotho'],
  tn: ['Setswana'],
  ug: ['Uighur'],
  za: ['Chuang'],
};

const CODES = namesOfCodes();

function namesOfCodes(): ReadonlyMap<string, string> {
  const codes = Iso639.getAllCodes();
  const unicode = new Intl.DisplayNames('en', { type: 'language' });
  const pairs = [
    ...codes.map((code) => [code, code] as const),
    ...codes.map((code) => [Iso639.getName(code), code] as const),
    ...codes.map((code) => [unicode.of(code) ?? code, code] as const),
    ...Object.entries(OTHER_NAMES).flatMap(([code, names]) => names.map((name) => [name, code] as const)),
  ];
  const known = new Map<string, string>();
  // A name belongs to the first language that has it: ICU calls both Akan and Twi "Akan".
  for (const [name, code] of pairs) if (!known.has(fold(name))) known.set(fold(name), code);
  return known;
}

/** A name without case and accents. */
function fold(name: string): string {
  return name.trim().normalize('NFKD').replace(/\p{M}/gu, '').toLowerCase();
}

/** The language of texts that do not exist in the requested language. */
export const FALLBACK_LANGUAGE = 'en';

/** The ISO 639-1 code of a language given by code or English name, whatever case and accents; null when it is unknown. */
export function languageCode(language: string): string | null {
  return CODES.get(fold(language)) ?? null;
}

/** The English name of a language given by its code. */
export function languageName(code: string): string {
  return Iso639.getName(code);
}

/** The language code of a request's `user_lang`; for an unknown or absent one, the fallback language. */
export function readingLanguage(userLang: string | undefined): string {
  return (userLang && languageCode(userLang)) || FALLBACK_LANGUAGE;
}

/** The code of the language by which a request filters volumes. No volume has an unknown one. */
export function languageFilter(language: string): string {
  return languageCode(language) ?? '';
}
