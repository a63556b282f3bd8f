import { Ajv2020 } from 'ajv/dist/2020.js';
import addFormats from 'ajv-formats';
import type { Answer } from './client.js';
import { unzip, type ZipMember } from './zip.js';

// Tests read the fields that they expect. A missing field is undefined and fails the expectation.
// oxlint-disable-next-line no-explicit-any
type Json = any;

/** An archive of a user's data. */
export class ExportedArchive {
  private constructor(readonly members: readonly ZipMember[]) {}

  static async of({ bytes }: Pick<Answer, 'bytes'>): Promise<ExportedArchive> {
    return new ExportedArchive(await unzip(bytes));
  }

  get names(): string[] {
    return this.members.map(({ name }) => name);
  }

  bytes(name: string): Buffer {
    const member = this.members.find((one) => one.name === name);
    if (member === undefined) throw new Error(`The archive has no ${name}`);
    return member.bytes;
  }

  json(name: string): Json {
    return JSON.parse(this.bytes(name).toString());
  }

  /** The objects of a file of JSON Lines. @throws if one is not valid by its schema in the archive */
  lines(name: string): Json[] {
    const text = this.bytes(`${name}.jsonl`).toString();
    const objects = text
      .split('\n')
      .slice(0, -1)
      .map((line) => JSON.parse(line) as Json);
    const problem = this.problemIn(name, objects);
    if (problem !== null) throw new Error(problem);
    return objects;
  }

  /** The manifest. @throws if it is not valid by its schema */
  get manifest(): Json {
    const manifest = this.json('manifest.json');
    const problem = this.problemIn('manifest', [manifest]);
    if (problem !== null) throw new Error(problem);
    return manifest;
  }

  private problemIn(name: string, objects: readonly Json[]): string | null {
    const ajv = new Ajv2020({ allowUnionTypes: true });
    addFormats.default(ajv);
    const validate = ajv.compile(this.json(`schemas/${name}.schema.json`));
    const wrong = objects.find((object) => !validate(object));
    return wrong === undefined ? null : `${JSON.stringify(wrong)}: ${ajv.errorsText(validate.errors)}`;
  }
}
