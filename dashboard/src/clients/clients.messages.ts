import { defineMessages } from '../i18n/define-messages';

export const clientsMessages = defineMessages(
  {
    resources: {
      clients: {
        name: 'Client |||| Clients',
        fields: {
          id: 'Id',
          name: 'Name',
          url: 'Address',
          scopes: 'Scopes of the key',
          created: 'Registered',
          enabled: 'Enabled',
        },
        states: { enabled: 'Enabled', disabled: 'Disabled' },
        scopes: { photos_delete: 'Delete photos that were uploaded under it (photos:delete)' },
        url_help: 'Links in mails open pages below this address. Without one they open this dashboard.',
        enabled_help: 'The service refuses a disabled client as if it were not registered.',
        key_of: 'Key of %{name} (client %{id})',
        rotate: 'New key',
        rotate_title: 'A new key for %{name}?',
        rotate_text: 'The former key goes on working for some time, so that servers can be changed over.',
        overlap: 'Hours for which the former key works',
        overlap_help: '0 to 168',
        former_key: 'The former key works until %{time}.',
        delete_title: 'Delete the client %{name}?',
        delete_text:
          'Its key stops working at once. A client that data refers to, such as photos or series, cannot be deleted: disable it instead.',
        deleted: 'The client was deleted.',
      },
    },
  },
  {
    resources: {
      clients: {
        name: 'Client |||| Clients',
        fields: {
          id: 'Id',
          name: 'Name',
          url: 'Adresse',
          scopes: 'Rechte des Schlüssels',
          created: 'Registriert',
          enabled: 'Eingeschaltet',
        },
        states: { enabled: 'Eingeschaltet', disabled: 'Ausgeschaltet' },
        scopes: { photos_delete: 'Fotos löschen, die darüber hochgeladen wurden (photos:delete)' },
        url_help:
          'Links in Mails öffnen Seiten unter dieser Adresse. Ohne Adresse öffnen sie diese Oberfläche.',
        enabled_help: 'Einen ausgeschalteten Client weist der Dienst ab, als wäre er nicht registriert.',
        key_of: 'Schlüssel von %{name} (Client %{id})',
        rotate: 'Neuer Schlüssel',
        rotate_title: 'Ein neuer Schlüssel für %{name}?',
        rotate_text: 'Der alte Schlüssel gilt noch eine Zeit lang, damit Server umgestellt werden können.',
        overlap: 'Stunden, die der alte Schlüssel noch gilt',
        overlap_help: '0 bis 168',
        former_key: 'Der alte Schlüssel gilt bis %{time}.',
        delete_title: 'Client %{name} löschen?',
        delete_text:
          'Sein Schlüssel gilt sofort nicht mehr. Ein Client, auf den sich Daten wie Fotos oder Serien beziehen, lässt sich nicht löschen: schalte ihn aus.',
        deleted: 'Der Client wurde gelöscht.',
      },
    },
  },
);
