import Iso639 from 'iso-639-1';

const CODES = new Map(
  Iso639.getAllCodes().flatMap((code): [string, string][] => [
    [code, code],
    [Iso639.getName(code).toLowerCase(), code],
  ]),
);

/** The language of texts that do not exist in the requested language. */
export const FALLBACK_LANGUAGE = 'en';

/** The ISO 639-1 code of a language given by code or English name, in any case; null when it is unknown. */
export function languageCode(language: string): string | null {
  return CODES.get(language.trim().toLowerCase()) ?? null;
}

/** The language code of a request's `user_lang`; for an unknown or absent one, the fallback language. */
export function readingLanguage(userLang: string | undefined): string {
  return (userLang && languageCode(userLang)) || FALLBACK_LANGUAGE;
}
