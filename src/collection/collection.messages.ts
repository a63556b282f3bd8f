export const ADDED = 'Collection item added successfully';
export const UPDATED = 'Collection item updated successfully';
export const DELETED = 'Collection item deleted successfully';
