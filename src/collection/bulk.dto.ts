import { ApiProperty, ApiSchema, IntersectionType, OmitType } from '@nestjs/swagger';
import { IsBoolean, Min } from 'class-validator';
import { BulkItems, Operation } from '../bulk/bulk-items.js';
import { IsClient } from '../clients/client-id.js';
import { FieldErrorDto, OutcomeDto } from '../http/response.dto.js';
import { Integer, Optional, Required } from '../http/validation.js';
import { IsDevice } from '../http/device.js';
import { CreateCollectionItemDto, ItemDto, UpdateCollectionItemDto } from './collection.dto.js';

class OwnItemDto {
  /**
   * Id of the reader’s item that the operation is about.
   * @example 31
   */
  @Required()
  @Integer()
  @Min(1)
  item_id: number;
}

/** Adds a volume. */
@ApiSchema({ name: 'BulkAddItem' })
export class AddItemDto extends OmitType(CreateCollectionItemDto, ['client']) {
  /** Adds a volume to the collection. */
  @Operation('add')
  op: 'add';

  /**
   * Id of the volume that is added.
   * @example 7
   */
  @Required()
  @Integer()
  @Min(1)
  volume_id: number;
}

/** Changes an item. */
@ApiSchema({ name: 'BulkUpdateItem' })
export class UpdateItemDto extends IntersectionType(OwnItemDto, UpdateCollectionItemDto) {
  /** Changes an item. */
  @Operation('update')
  op: 'update';
}

/** Deletes an item. */
@ApiSchema({ name: 'BulkDeleteItem' })
export class DeleteItemDto extends OwnItemDto {
  /** Removes an item from the collection. */
  @Operation('delete')
  op: 'delete';
}

export const ITEM_OPERATIONS = { add: AddItemDto, update: UpdateItemDto, delete: DeleteItemDto };

export type ItemOperation = AddItemDto | UpdateItemDto | DeleteItemDto;

@ApiSchema({ name: 'CollectionBulk' })
export class CollectionBulkDto {
  /**
   * Id of the registered client that sends the bulk; a number or its digits.
   * @example 1
   */
  @IsClient()
  client: number;

  /**
   * Whether nothing is changed if an item fails.
   * @example false
   */
  @Optional()
  @IsBoolean()
  atomic?: boolean = false;

  /**
   * Device that sends the bulk, for the log of changes.
   * @example "Haruka’s laptop"
   */
  @IsDevice()
  device?: string;

  /** Changes of the collection, which are applied in order. */
  @BulkItems(ITEM_OPERATIONS, [{ op: 'add', volume_id: 7, price: 9.99 }])
  items: unknown[];
}

/** Result of an item. */
@ApiSchema({ name: 'CollectionBulkItemResult' })
export class ItemResultDto {
  /**
   * Position of the item in the bulk, from 0.
   * @example 0
   */
  @Integer()
  @Min(0)
  index: number;

  /**
   * Operation of the item; null if it is unknown.
   * @example "add"
   */
  @ApiProperty({ maxLength: 10 })
  op: string | null;

  /**
   * Id of the volume of the item; null if it is unknown.
   * @example 7
   */
  @Integer()
  volume_id: number | null;

  /**
   * Id of the item in the collection; null if there is none.
   * @example 31
   */
  @Integer()
  item_id: number | null;

  /**
   * Status that the single request would have.
   * @example 200
   */
  @Integer()
  code: number;

  /** Message that the single request would have. */
  @ApiProperty({ $ref: '#/components/schemas/Message' } as never)
  data: string;

  /** Faulty fields of an item with code 400; null otherwise. */
  @ApiProperty({ type: [FieldErrorDto], nullable: true })
  errors: FieldErrorDto[] | null;

  /** For the code 409, the item that exists already; absent otherwise. */
  @ApiProperty({ required: false })
  item?: ItemDto | null;
}

@ApiSchema({ name: 'CollectionBulkResult' })
export class CollectionBulkResultDto {
  /**
   * Id of the bulk, by which it can be undone.
   * @example 40
   */
  @Integer()
  @Min(1)
  id: number;

  /** Results of all items of the bulk in their order. */
  results: ItemResultDto[];
}

/** Error of an atomic bulk: nothing was changed. */
@ApiSchema({ name: 'CollectionBulkFailure' })
export class CollectionBulkFailureDto extends OutcomeDto {
  /** Results of the items that have failed. */
  results: ItemResultDto[];
}
