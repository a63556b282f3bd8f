/** The languages of the dashboard. */
export const LANGUAGES = ['en', 'de'] as const;
export type Language = (typeof LANGUAGES)[number];

/** Texts by key, nested. */
export interface MessageTree {
  readonly [key: string]: string | MessageTree;
}

/** The same keys, with any texts. */
type SameKeys<T extends MessageTree> = { [K in keyof T]: T[K] extends MessageTree ? SameKeys<T[K]> : string };

export type Messages = Readonly<Record<Language, MessageTree>>;

/** Texts in both languages; a text that one of them lacks is a type error. */
export function defineMessages<const T extends MessageTree>(en: T, de: SameKeys<T>): Messages {
  return { en, de: de as MessageTree };
}
