/** Characters that may decide about the text before them: an entity, or the beginning of a CDATA section. */
const LOOK_AHEAD = 12;

const CDATA = '<![CDATA[';
const CDATA_END = ']]>';

const AMPERSAND = /&(?:(amp|lt|gt|quot|apos)|#(\d{1,7})|#x([\da-f]{1,6}))?(;?)/gi;

// oxlint-disable-next-line no-control-regex -- these are the characters
const FORBIDDEN = /[\0-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff]/g;

/**
 * Repairs what exports of MyAnimeList and Kitsu have and XML forbids: control characters, and ampersands in titles and
 * comments that are not escaped. Text in CDATA sections keeps its ampersands.
 */
export class XmlRepair {
  private held = '';
  private isCdata = false;

  write(text: string): string {
    return this.repair(this.held + text.replace(FORBIDDEN, ''), LOOK_AHEAD);
  }

  end(): string {
    return this.repair(this.held, 0);
  }

  /** @param lookAhead how many characters to hold back */
  private repair(text: string, lookAhead: number): string {
    const parts: string[] = [];
    let start = 0;
    for (;;) {
      const mark = this.isCdata ? CDATA_END : CDATA;
      const found = text.indexOf(mark, start);
      if (found === -1) break;
      parts.push(this.repaired(text.slice(start, found)), mark);
      start = found + mark.length;
      this.isCdata = !this.isCdata;
    }
    const end = this.safeEnd(text, start, lookAhead);
    parts.push(this.repaired(text.slice(start, end)));
    this.held = text.slice(end);
    return parts.join('');
  }

  /** Where the text can be cut so that neither an entity nor a mark is cut. */
  private safeEnd(text: string, start: number, lookAhead: number): number {
    if (lookAhead === 0) return text.length;
    const end = Math.max(start, text.length - lookAhead);
    const ampersand = text.lastIndexOf('&', end);
    return ampersand >= start && ampersand > end - lookAhead ? ampersand : end;
  }

  private repaired(text: string): string {
    return this.isCdata ? text : text.replace(AMPERSAND, escapeUnlessEntity);
  }
}

function escapeUnlessEntity(
  match: string,
  name?: string,
  decimal?: string,
  hexadecimal?: string,
  end?: string,
) {
  if (end !== ';' || match === '&;') return `&amp;${match.slice(1)}`;
  if (name) return match.toLowerCase();
  const code = decimal ? Number(decimal) : Number.parseInt(hexadecimal ?? '', 16);
  return isCharacter(code) ? match : '';
}

/** Whether XML 1.0 allows a character. */
function isCharacter(code: number): boolean {
  if (code < 0x20) return code === 9 || code === 10 || code === 13;
  return code <= 0xd7ff || (code >= 0xe000 && code <= 0xfffd) || (code >= 0x10000 && code <= 0x10ffff);
}
