import { defineMessages } from '../i18n/define-messages';

export const imagesMessages = defineMessages(
  {
    resources: {
      images: {
        name: 'Picture |||| Pictures',
        fields: {
          kind: 'Kind',
          user: 'Uploaded by',
          user_id: 'Id of the user',
          client: 'Client',
          client_id: 'Id of the client',
        },
        kinds: { avatar: 'Profile picture', photo: 'Photo' },
        of_client: 'client %{id}',
        alt: { avatar: 'Profile picture of %{name}', photo: 'Photo of %{name}' },
        open: 'Open the picture of %{name} in full size',
        only: 'Only %{name}',
        remove: 'Remove',
        removed: 'The picture was removed.',
        remove_title: {
          avatar: 'Remove the profile picture of %{name}?',
          photo: 'Remove this photo of %{name}?',
        },
        remove_text: {
          avatar:
            'All its sizes are deleted for good. The user has a generated picture then, and can upload another one.',
          photo: 'The photo is deleted for good.',
        },
      },
    },
  },
  {
    resources: {
      images: {
        name: 'Bild |||| Bilder',
        fields: {
          kind: 'Art',
          user: 'Hochgeladen von',
          user_id: 'Id des Benutzers',
          client: 'Client',
          client_id: 'Id des Clients',
        },
        kinds: { avatar: 'Profilbild', photo: 'Foto' },
        of_client: 'Client %{id}',
        alt: { avatar: 'Profilbild von %{name}', photo: 'Foto von %{name}' },
        open: 'Das Bild von %{name} in voller Größe öffnen',
        only: 'Nur %{name}',
        remove: 'Entfernen',
        removed: 'Das Bild wurde entfernt.',
        remove_title: {
          avatar: 'Profilbild von %{name} entfernen?',
          photo: 'Dieses Foto von %{name} entfernen?',
        },
        remove_text: {
          avatar:
            'Es wird in allen Größen endgültig gelöscht. Danach gibt es ein erzeugtes Bild, und ein anderes kann hochgeladen werden.',
          photo: 'Das Foto wird endgültig gelöscht.',
        },
      },
    },
  },
);
