import { defineMessages } from '../i18n/define-messages';

export const importMessages = defineMessages(
  {
    pages: {
      'catalog-import': {
        title: 'Import a catalog',
        file: 'File',
        help: 'A file with one series on each line as JSON, compressed with gzip or not, up to 50 MB. Series are recognized by their external id: importing a file again changes nothing. Lines with a fault are listed, and all others are stored.',
        choose: 'Choose a file and import it',
        sending: 'The file is being sent …',
        reading: 'The service reads the file. For a large one this takes some minutes.',
        done: 'The file was imported.',
        result: 'Result',
        counts: {
          series: 'New or changed series',
          volumes: 'Their volumes',
          unchanged: 'Unchanged lines',
          refused: 'Refused lines',
          warnings: 'Warnings',
        },
        refused: 'Refused lines',
        warnings: 'Warnings: parts that were left out',
        line: 'Line',
        reason: 'Reason',
      },
    },
  },
  {
    pages: {
      'catalog-import': {
        title: 'Katalog importieren',
        file: 'Datei',
        help: 'Eine Datei mit einer Serie je Zeile als JSON, mit gzip komprimiert oder nicht, bis 50 MB. Serien werden an ihrer externen Id erkannt: dieselbe Datei noch einmal zu importieren ändert nichts. Fehlerhafte Zeilen werden aufgezählt, alle anderen gespeichert.',
        choose: 'Datei wählen und importieren',
        sending: 'Die Datei wird gesendet …',
        reading: 'Der Dienst liest die Datei. Bei einer großen dauert das einige Minuten.',
        done: 'Die Datei wurde importiert.',
        result: 'Ergebnis',
        counts: {
          series: 'Neue oder geänderte Serien',
          volumes: 'Deren Bände',
          unchanged: 'Unveränderte Zeilen',
          refused: 'Abgelehnte Zeilen',
          warnings: 'Warnungen',
        },
        refused: 'Abgelehnte Zeilen',
        warnings: 'Warnungen: weggelassene Teile',
        line: 'Zeile',
        reason: 'Grund',
      },
    },
  },
);
