import { Controller, Delete, Get, Patch, Post } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { CurrentViewer, type SessionViewer, SignedIn } from '../access/access.js';
import { ValidBody, ValidQuery } from '../http/input.js';
import { PageQuery } from '../http/page.dto.js';
import { pagePosition } from '../http/page.js';
import { ApiRoute } from '../openapi/api-route.js';
import { type ImportFormReader, TakesImport, UploadedImport } from './import-form.js';
import { ImportDto, ImportPageDto, UpdateImportDto } from './imports.dto.js';
import { importNotFound, importNotReady, unknownFormat } from './imports.errors.js';
import { presentImport } from './imports.presenter.js';
import { ImportsService } from './imports.service.js';
import { ImportId } from './path-parameters.js';

@ApiTags('Imports')
@Controller('user/imports')
export class ImportsController {
  constructor(private readonly imports: ImportsService) {}

  @Post()
  @SignedIn()
  @TakesImport()
  @ApiRoute({
    id: 'importsCreate',
    summary: 'Import a list of another tracker',
    description:
      'Stores the file and begins to read it. Your list is not changed before the import is applied. At most two imports are at work at a time; 20 a day. An unknown format is answered with the names of the formats.',
    status: 202,
    response: ImportDto,
    errors: [unknownFormat],
  })
  async create(
    @CurrentViewer() { userId }: SessionViewer,
    @UploadedImport() read: ImportFormReader,
  ): Promise<ImportDto> {
    return presentImport(await this.imports.create(userId, read));
  }

  @Get()
  @SignedIn()
  @ApiRoute({ id: 'importsList', summary: 'List your imports', response: ImportPageDto })
  async list(
    @CurrentViewer() { userId }: SessionViewer,
    @ValidQuery() query: PageQuery,
  ): Promise<ImportPageDto> {
    const { total, rows } = await this.imports.list(userId, query);
    return { imports: rows.map(presentImport), ...pagePosition(query, rows.length, total) };
  }

  @Get(':id')
  @SignedIn()
  @ApiRoute({
    id: 'importsGet',
    summary: 'Get an import',
    description: 'Ask every second or two while its state is `reading` or `applying`.',
    response: ImportDto,
    errors: [importNotFound],
  })
  async get(@CurrentViewer() { userId }: SessionViewer, @ImportId() id: number): Promise<ImportDto> {
    return presentImport(await this.imports.get({ userId, id }));
  }

  @Patch(':id')
  @SignedIn()
  @ApiRoute({
    id: 'importsUpdate',
    summary: 'Change the strategy of an import',
    description: 'Computes the preview again. Your decisions about rows are kept.',
    response: ImportDto,
    errors: [importNotFound, importNotReady],
  })
  async update(
    @CurrentViewer() { userId }: SessionViewer,
    @ImportId() id: number,
    @ValidBody() { strategy }: UpdateImportDto,
  ): Promise<ImportDto> {
    return presentImport(await this.imports.changeStrategy({ userId, id }, strategy));
  }

  @Post(':id/apply')
  @SignedIn()
  @ApiRoute({
    id: 'importsApply',
    summary: 'Apply an import',
    description:
      'Rows that are not decided are left out. What a row changes is computed again when it is applied. An import that has been undone can be applied again.',
    status: 202,
    response: ImportDto,
    errors: [importNotFound, importNotReady],
  })
  async apply(@CurrentViewer() { userId }: SessionViewer, @ImportId() id: number): Promise<ImportDto> {
    return presentImport(await this.imports.apply({ userId, id }));
  }

  @Post(':id/undo')
  @SignedIn()
  @ApiRoute({
    id: 'importsUndo',
    summary: 'Undo an import',
    description:
      'Restores what the import has changed, where it has not been changed since by another origin.',
    status: 202,
    response: ImportDto,
    errors: [importNotFound, importNotReady],
  })
  async undo(@CurrentViewer() { userId }: SessionViewer, @ImportId() id: number): Promise<ImportDto> {
    return presentImport(await this.imports.undo({ userId, id }));
  }

  @Delete(':id')
  @SignedIn()
  @ApiRoute({
    id: 'importsDelete',
    summary: 'Forget an import',
    description: 'Deletes its file and its rows, and ends its job. What was applied stays.',
    status: 204,
    errors: [importNotFound],
  })
  async delete(@CurrentViewer() { userId }: SessionViewer, @ImportId() id: number): Promise<void> {
    await this.imports.delete({ userId, id });
  }
}
