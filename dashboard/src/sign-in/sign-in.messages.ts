import { defineMessages } from '../i18n/define-messages';

export const signInMessages = defineMessages(
  {
    pages: {
      sign_in: {
        title: 'Sign in',
        code: 'Code of the second factor',
        code_help: 'Six digits of your authenticator app, or a recovery code',
        with: 'Sign in with %{provider}',
        or: 'or',
        forgot: 'Forgot your password?',
        register: 'Create an account',
        errors: {
          denied: 'You have cancelled the sign-in at the provider.',
          expired: 'The sign-in took too long, or was begun in another browser. Please try again.',
          'registration-closed':
            'There is no account with this identity, and new accounts are not created at present.',
          'already-linked': 'This identity belongs to another account.',
          'provider-error': 'The provider has not confirmed the sign-in. Please try again.',
        },
      },
    },
  },
  {
    pages: {
      sign_in: {
        title: 'Anmelden',
        code: 'Code des zweiten Faktors',
        code_help: 'Sechs Ziffern deiner Authenticator-App oder ein Wiederherstellungscode',
        with: 'Mit %{provider} anmelden',
        or: 'oder',
        forgot: 'Passwort vergessen?',
        register: 'Konto anlegen',
        errors: {
          denied: 'Du hast die Anmeldung beim Anbieter abgebrochen.',
          expired:
            'Die Anmeldung hat zu lange gedauert oder wurde in einem anderen Browser begonnen. Bitte versuche es noch einmal.',
          'registration-closed':
            'Zu dieser Identität gibt es kein Konto, und neue Konten werden zurzeit nicht angelegt.',
          'already-linked': 'Diese Identität gehört zu einem anderen Konto.',
          'provider-error': 'Der Anbieter hat die Anmeldung nicht bestätigt. Bitte versuche es noch einmal.',
        },
      },
    },
  },
);
