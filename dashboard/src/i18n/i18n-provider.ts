import polyglotI18nProvider from 'ra-i18n-polyglot';
import type { I18nProvider, TranslationMessages } from 'react-admin';
import { PAGES } from '../pages';
import { appMessages } from './app.messages';
import { LANGUAGES, type Language, type Messages, type MessageTree } from './define-messages';
import { publicMessages } from '../public-pages/public.messages';
import { signInMessages } from '../sign-in/sign-in.messages';
import { frameworkMessages } from './framework.messages';
import { serverMessages } from './server.messages';

const ALL: readonly Messages[] = [
  frameworkMessages,
  appMessages,
  serverMessages,
  signInMessages,
  publicMessages,
  ...new Set(PAGES.map(({ messages }) => messages)),
];

const LABELS: Record<Language, string> = { en: 'English', de: 'Deutsch' };

export const i18nProvider: I18nProvider = polyglotI18nProvider(
  (locale) => messagesOf(locale) as unknown as TranslationMessages,
  browserLanguage(),
  LANGUAGES.map((locale) => ({ locale, name: LABELS[locale] })),
  // Builds for production have no warnings of their own.
  { onMissingKey },
);

function onMissingKey(key: string): string {
  // oxlint-disable-next-line no-console
  console.warn(`Missing translation: ${key}`);
  return key;
}

function messagesOf(locale: string): MessageTree {
  const language = LANGUAGES.find((one) => one === locale) ?? 'en';
  return ALL.map((messages) => messages[language]).reduce(merge);
}

function merge(one: MessageTree, other: MessageTree): MessageTree {
  const merged: Record<string, string | MessageTree> = { ...one };
  for (const [key, value] of Object.entries(other)) {
    const former = merged[key];
    merged[key] = typeof former === 'object' && typeof value === 'object' ? merge(former, value) : value;
  }
  return merged;
}

/** The first language of the browser that the dashboard has. */
function browserLanguage(): Language {
  const wanted = navigator.languages.map((tag) => tag.slice(0, 2));
  return wanted.flatMap((tag) => LANGUAGES.find((language) => language === tag) ?? [])[0] ?? 'en';
}
