import { Redis } from 'ioredis'

/**
 * A connection to one Redis that works in the database it was told, or not at all. Where that database cannot be selected
 * (there are not so many, or the user may not), ioredis itself would go on in number 0, among the keys of others. This
 * connection is not ready instead.
 */
export class OneDatabaseRedis extends Redis {
  override select(database: number | string): Promise<'OK'> {
    return super.select(database).catch((error: unknown) => {
      this.disconnect(true)
      throw error
    })
  }
}
