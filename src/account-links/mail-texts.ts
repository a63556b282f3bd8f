import type { Mail } from '../mail/mail.js';

/** The languages of messages. */
const LANGUAGES = ['en', 'de'] as const;
type Language = (typeof LANGUAGES)[number];

/** The kinds of messages to users. */
export type MailKind = 'password-reset' | 'email-verification' | 'email-changed';

interface Values {
  readonly username: string;
  /** The link; empty in messages without one. */
  readonly url: string;
}

type Text = (values: Values) => Omit<Mail, 'to'>;

const TEXTS: Record<MailKind, Record<Language, Text>> = {
  'password-reset': {
    en: ({ username, url }) => ({
      subject: 'Your new password',
      text: `Hello ${username},

a new password was requested for your account. Open this link to set it:

${url}

The link works once, within one hour. If you did not request it, ignore this message: your password stays as it is.
`,
    }),
    de: ({ username, url }) => ({
      subject: 'Dein neues Passwort',
      text: `Hallo ${username},

für dein Konto wurde ein neues Passwort angefordert. Öffne diesen Link, um es festzulegen:

${url}

Der Link funktioniert einmal und nur eine Stunde lang. Wenn du das nicht angefordert hast, ignoriere diese Nachricht: Dein Passwort bleibt, wie es ist.
`,
    }),
  },
  'email-verification': {
    en: ({ username, url }) => ({
      subject: 'Confirm your e-mail address',
      text: `Hello ${username},

open this link to confirm that this is your e-mail address:

${url}

The link works once, within 24 hours. If you have no account with this name, ignore this message.
`,
    }),
    de: ({ username, url }) => ({
      subject: 'Bestätige deine E-Mail-Adresse',
      text: `Hallo ${username},

öffne diesen Link, um zu bestätigen, dass dies deine E-Mail-Adresse ist:

${url}

Der Link funktioniert einmal und nur 24 Stunden lang. Wenn du kein Konto mit diesem Namen hast, ignoriere diese Nachricht.
`,
    }),
  },
  'email-changed': {
    en: ({ username }) => ({
      subject: 'Your e-mail address was changed',
      text: `Hello ${username},

this is no longer the e-mail address of your account. Messages about the account no longer come here.

If you did not change it, somebody else may use your account: sign in, change the password and end the other sessions. If you cannot sign in, write to the administrators.
`,
    }),
    de: ({ username }) => ({
      subject: 'Deine E-Mail-Adresse wurde geändert',
      text: `Hallo ${username},

dies ist nicht mehr die E-Mail-Adresse deines Kontos. Nachrichten zum Konto kommen nicht mehr hierher.

Wenn du das nicht warst, benutzt vielleicht jemand anderes dein Konto: Melde dich an, ändere das Passwort und beende die anderen Sitzungen. Wenn du dich nicht anmelden kannst, schreibe an die Administratoren.
`,
    }),
  },
};

/**
 * The text of a message.
 *
 * @param language the user's setting: an ISO 639-1 code, the English name of a language, or `interface`
 */
export function mailText(kind: MailKind, language: string | null, values: Values): Omit<Mail, 'to'> {
  return TEXTS[kind][/^(de|german)$/i.test(language ?? '') ? 'de' : 'en'](values);
}
