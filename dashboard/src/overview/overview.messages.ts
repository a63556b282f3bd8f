import { defineMessages } from '../i18n/define-messages';

export const overviewMessages = defineMessages(
  {
    pages: {
      overview: {
        title: 'Overview',
        totals: {
          title: 'Totals',
          users: 'Users',
          sign_ins: 'Sign-ins',
          entries: 'Entries in reading histories',
          ratings: 'Ratings',
          items: 'Volumes in collections',
          photos: 'Photos',
          storage_bytes: 'Stored pictures',
        },
        added: {
          users: 'Registrations in 30 days',
          sign_ins: 'Sign-ins in 30 days',
          entries: 'New entries in 30 days',
          ratings: 'New ratings in 30 days',
          items: 'New volumes in 30 days',
          photos: 'New photos in 30 days',
        },
        sum: '%{smart_count} in 30 days |||| %{smart_count} in 30 days',
        as_table: 'The last 30 days as a table',
        date: 'Day (UTC)',
      },
    },
  },
  {
    pages: {
      overview: {
        title: 'Übersicht',
        totals: {
          title: 'Gesamtzahlen',
          users: 'Benutzer',
          sign_ins: 'Anmeldungen',
          entries: 'Einträge in Leseverläufen',
          ratings: 'Bewertungen',
          items: 'Bände in Sammlungen',
          photos: 'Fotos',
          storage_bytes: 'Gespeicherte Bilder',
        },
        added: {
          users: 'Registrierungen in 30 Tagen',
          sign_ins: 'Anmeldungen in 30 Tagen',
          entries: 'Neue Einträge in 30 Tagen',
          ratings: 'Neue Bewertungen in 30 Tagen',
          items: 'Neue Bände in 30 Tagen',
          photos: 'Neue Fotos in 30 Tagen',
        },
        sum: '%{smart_count} in 30 Tagen |||| %{smart_count} in 30 Tagen',
        as_table: 'Die letzten 30 Tage als Tabelle',
        date: 'Tag (UTC)',
      },
    },
  },
);
