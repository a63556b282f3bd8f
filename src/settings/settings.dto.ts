import { ApiProperty, ApiSchema, PartialType } from '@nestjs/swagger';
import { IsBoolean, IsIn, IsString, Matches } from 'class-validator';
import { languageCode } from '../catalog/languages.js';
import { Optional, rule, AtLeastOneProperty } from '../http/validation.js';
import { ActiveCurrency } from './currency-code.js';

const THEMES = ['system', 'light', 'dark'] as const;
const NSFW_MODES = [
  'settings.nsfw.hide-nsfw',
  'settings.nsfw.show-nsfw',
  'settings.nsfw.show-nsfw-18',
] as const;
const VIEW_MODES = ['column', 'row', 'grid'] as const;

/** Means that the content language is the language of the interface. */
const INTERFACE = 'interface';

/**
 * A user's preferences for the frontends. The server stores them; it uses only the currency and, for its own texts and
 * the calendar, the language.
 */
@ApiSchema({ name: 'Settings' })
export class SettingsDto {
  /**
   * Accent colour of the frontends: `#` and six hexadecimal digits.
   * @example "#71c94e"
   */
  @Optional()
  @IsString()
  @Matches(/^#[0-9A-Fa-f]{6}$/)
  'theme-accent-color': string;

  /**
   * Language of titles and descriptions: an ISO 639-1 code, the English name of a language, or `interface` for the
   * language of the frontend. The misspelt key is part of the contract.
   * @example "interface"
   */
  @ApiProperty({ maxLength: 100 })
  @Optional()
  @rule('language', `must be ${INTERFACE} or a language`, (value) => {
    return (
      typeof value === 'string' &&
      (value === INTERFACE || (languageCode(value) !== null && value.trim() === value))
    );
  })
  'prefered-content-language': string;

  /**
   * Colour scheme of the frontends; `system` follows the device.
   * @example "light"
   */
  @Optional()
  @IsIn(THEMES)
  @ApiProperty({ enum: THEMES, enumName: 'Theme' })
  theme: (typeof THEMES)[number];

  /** The adult series that frontends show: none, series for ages 16 and over, or also series for ages 18 and over. */
  @Optional()
  @IsIn(NSFW_MODES)
  @ApiProperty({ enum: NSFW_MODES, enumName: 'NsfwMode' })
  'nsfw-mode': (typeof NSFW_MODES)[number];

  /**
   * Layout of lists in the frontends.
   * @example "column"
   */
  @Optional()
  @IsIn(VIEW_MODES)
  @ApiProperty({ enum: VIEW_MODES, enumName: 'ViewMode' })
  'view-mode': (typeof VIEW_MODES)[number];

  /**
   * Whether frontends show a drag handle on draggable items.
   * @example true
   */
  @Optional()
  @IsBoolean()
  'show-drag-indicator': boolean;

  /**
   * Currency of prices that name none, and of `total_spent`: an ISO 4217 code. A change does not affect existing items.
   * @example "EUR"
   */
  @Optional()
  @ActiveCurrency()
  currency: string;
}

/** The values of keys that the user has not set; the default currency is a part of the configuration. */
export const DEFAULT_SETTINGS: Omit<SettingsDto, 'currency'> = {
  'theme-accent-color': '#71c94e',
  'prefered-content-language': INTERFACE,
  theme: 'light',
  'nsfw-mode': 'settings.nsfw.hide-nsfw',
  'view-mode': 'column',
  'show-drag-indicator': true,
};

/** The settings to change. Absent keys keep their values. */
@AtLeastOneProperty()
@ApiSchema({ name: 'SettingsChanges' })
export class UpdateSettingsDto extends PartialType(SettingsDto, { skipNullProperties: false }) {}
