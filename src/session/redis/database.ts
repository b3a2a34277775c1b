import { Redis } from 'ioredis'

/**
 * One Redis, in the database that it was told. Where that cannot be selected (there are not so many, or the user may
 * not), ioredis itself goes on in number 0, among what others keep there; this one is not ready instead.
 */
export class OneDatabaseRedis extends Redis {
  override select(database: number | string): Promise<'OK'> {
    return super.select(database).catch((error: unknown) => {
      this.disconnect(true)
      throw error
    })
  }
}
