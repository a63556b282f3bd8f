import { defineMessages } from '../i18n/define-messages';

export const invitationsMessages = defineMessages(
  {
    resources: {
      invitations: {
        name: 'Invitation |||| Invitations',
        fields: {
          note: 'Note',
          used: 'Used',
          uses: 'How many accounts it may create',
          roles: 'Roles',
          expires: 'Works until',
          created: 'Created',
          actions: 'Actions',
        },
        used_of: '%{used} of %{uses} used',
        without_note: 'Invitation %{id}',
        expired: '%{time} (over)',
        invite: 'Invite',
        link: 'Link to the registration',
        note_help: 'For administrators: whom the invitation is for.',
        roles_help: 'Accounts get these roles. You can only give roles whose permissions you have.',
        expires_help: 'Without a time, the invitation works until it is used up or revoked.',
        revoke: 'Revoke',
        revoke_title: 'Revoke “%{name}”?',
        revoke_text: 'Its link stops working at once. Accounts that it has created stay.',
        revoked: 'The invitation was revoked.',
      },
    },
  },
  {
    resources: {
      invitations: {
        name: 'Einladung |||| Einladungen',
        fields: {
          note: 'Notiz',
          used: 'Benutzt',
          uses: 'Wie viele Konten sie anlegen darf',
          roles: 'Rollen',
          expires: 'Gilt bis',
          created: 'Angelegt',
          actions: 'Aktionen',
        },
        used_of: '%{used} von %{uses} benutzt',
        without_note: 'Einladung %{id}',
        expired: '%{time} (vorbei)',
        invite: 'Einladen',
        link: 'Link zur Registrierung',
        note_help: 'Für die Verwaltung: für wen die Einladung ist.',
        roles_help:
          'Die Konten bekommen diese Rollen. Du kannst nur Rollen vergeben, deren Berechtigungen du hast.',
        expires_help: 'Ohne Zeitpunkt gilt die Einladung, bis sie verbraucht oder zurückgezogen ist.',
        revoke: 'Zurückziehen',
        revoke_title: '„%{name}“ zurückziehen?',
        revoke_text: 'Der Link gilt sofort nicht mehr. Konten, die damit angelegt wurden, bleiben.',
        revoked: 'Die Einladung wurde zurückgezogen.',
      },
    },
  },
);
