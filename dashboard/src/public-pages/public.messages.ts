import { defineMessages } from '../i18n/define-messages';

export const publicMessages = defineMessages(
  {
    pages: {
      forgot_password: {
        title: 'Forgot your password?',
        text: 'Enter your username or address. If the account has an address, a message with a link to a new password is on its way in a moment.',
        send: 'Send the link',
        sent: 'If the account exists, a message has been sent. The link in it works once, within one hour.',
      },
      reset_password: {
        title: 'Choose a new password',
        password: 'New password',
        help: '8 to 128 characters. All sessions and personal tokens of the account end; a second factor stays.',
        save: 'Save the password',
        done: 'Your password is changed. Sign in with it.',
        no_token: 'This link is incomplete. Open the link of the message again, or ask for a new one.',
        again: 'Ask for a new link',
      },
      verify_email: {
        title: 'Confirm your address',
        text: 'Confirm that this e-mail address is yours.',
        confirm: 'Confirm the address',
        done: 'Your address is confirmed.',
        no_token: 'This link is incomplete. Open the link of the message again.',
        home: 'Go on',
      },
      register: {
        title: 'Create an account',
        invited: 'You are invited. Choose a name and a password.',
        username: 'Username',
        username_help: '3 to 20 letters, digits and _ . -',
        password: 'Password',
        password_help: '8 to 128 characters',
        email: 'E-mail address (optional)',
        email_help: 'For a new password if you lose yours',
        create: 'Create the account',
        closed: 'New accounts are not created at present.',
        invite_only: 'New accounts need an invitation. Open the link that you were given.',
      },
      to_sign_in: 'To sign-in',
    },
  },
  {
    pages: {
      forgot_password: {
        title: 'Passwort vergessen?',
        text: 'Gib deinen Benutzernamen oder deine Adresse ein. Wenn das Konto eine Adresse hat, geht gleich eine Nachricht mit einem Link zu einem neuen Passwort auf den Weg.',
        send: 'Link senden',
        sent: 'Wenn es das Konto gibt, wurde eine Nachricht gesendet. Der Link darin funktioniert einmal und nur eine Stunde lang.',
      },
      reset_password: {
        title: 'Neues Passwort wählen',
        password: 'Neues Passwort',
        help: '8 bis 128 Zeichen. Alle Sitzungen und persönlichen Token des Kontos enden; ein zweiter Faktor bleibt.',
        save: 'Passwort speichern',
        done: 'Dein Passwort ist geändert. Melde dich damit an.',
        no_token:
          'Dieser Link ist unvollständig. Öffne den Link der Nachricht noch einmal, oder fordere einen neuen an.',
        again: 'Neuen Link anfordern',
      },
      verify_email: {
        title: 'Adresse bestätigen',
        text: 'Bestätige, dass diese E-Mail-Adresse dir gehört.',
        confirm: 'Adresse bestätigen',
        done: 'Deine Adresse ist bestätigt.',
        no_token: 'Dieser Link ist unvollständig. Öffne den Link der Nachricht noch einmal.',
        home: 'Weiter',
      },
      register: {
        title: 'Konto anlegen',
        invited: 'Du bist eingeladen. Wähle einen Namen und ein Passwort.',
        username: 'Benutzername',
        username_help: '3 bis 20 Buchstaben, Ziffern und _ . -',
        password: 'Passwort',
        password_help: '8 bis 128 Zeichen',
        email: 'E-Mail-Adresse (freiwillig)',
        email_help: 'Für ein neues Passwort, falls du deines verlierst',
        create: 'Konto anlegen',
        closed: 'Neue Konten werden zurzeit nicht angelegt.',
        invite_only: 'Für ein neues Konto ist eine Einladung nötig. Öffne den Link, den du bekommen hast.',
      },
      to_sign_in: 'Zur Anmeldung',
    },
  },
);
