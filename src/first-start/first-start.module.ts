import { Module } from '@nestjs/common';
import { CatalogModule } from '../catalog/catalog.module.js';
import { ClientsModule } from '../clients/clients.module.js';
import { UsersModule } from '../users/users.module.js';
import { FirstStart } from './first-start.js';

@Module({ imports: [CatalogModule, ClientsModule, UsersModule], providers: [FirstStart] })
export class FirstStartModule {}
