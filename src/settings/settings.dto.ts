import { ApiProperty, PartialType } from '@nestjs/swagger';
import { IsBoolean, IsIn, IsString, Matches } from 'class-validator';
import { languageCode } from '../catalog/languages.js';
import { Optional, rule, SaysSomething } from '../http/validation.js';

const THEMES = ['system', 'light', 'dark'] as const;
const NSFW_MODES = [
  'settings.nsfw.hide-nsfw',
  'settings.nsfw.show-nsfw',
  'settings.nsfw.show-nsfw-18',
] as const;
const VIEW_MODES = ['column', 'row', 'grid'] as const;

/** The language of the interface, rather than one of their own. */
const INTERFACE = 'interface';

/** A user's preferences, kept for the frontends: the server acts on none of them. */
export class Settings {
  /**
   * A colour of six hexadecimal digits.
   * @example "#71c94e"
   */
  @Optional()
  @IsString()
  @Matches(/^#[0-9A-Fa-f]{6}$/)
  'theme-accent-color': string;

  /**
   * `interface`, or an ISO 639-1 code or English name of a language. Spelt as existing frontends spell it.
   * @example "interface"
   */
  @Optional()
  @rule('language', `must be ${INTERFACE} or a language`, (value) => {
    return (
      typeof value === 'string' &&
      (value === INTERFACE || (languageCode(value) !== null && value.trim() === value))
    );
  })
  'prefered-content-language': string;

  @Optional()
  @IsIn(THEMES)
  @ApiProperty({ enum: THEMES, enumName: 'Theme' })
  theme: (typeof THEMES)[number];

  /** What of series for adults the frontends show. */
  @Optional()
  @IsIn(NSFW_MODES)
  @ApiProperty({ enum: NSFW_MODES, enumName: 'NsfwMode' })
  'nsfw-mode': (typeof NSFW_MODES)[number];

  @Optional()
  @IsIn(VIEW_MODES)
  @ApiProperty({ enum: VIEW_MODES, enumName: 'ViewMode' })
  'view-mode': (typeof VIEW_MODES)[number];

  /** Whether lists show where they can be dragged. */
  @Optional()
  @IsBoolean()
  'show-drag-indicator': boolean;
}

/** What stands for a key that the user has not chosen. */
export const DEFAULT_SETTINGS: Settings = {
  'theme-accent-color': '#71c94e',
  'prefered-content-language': INTERFACE,
  theme: 'light',
  'nsfw-mode': 'settings.nsfw.hide-nsfw',
  'view-mode': 'column',
  'show-drag-indicator': true,
};

/** The keys to replace; the others stay. */
@SaysSomething()
export class SettingsChanges extends PartialType(Settings, { skipNullProperties: false }) {}
