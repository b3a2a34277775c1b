import { type HouseOptions, openHouse } from '../house.ts'
import type { startRedis } from '../machine.ts'

export type HouseOverOwnRedis = Awaited<ReturnType<typeof openOver>>

/** A house over a Redis of its own, as `house.server`. The server stops once the house has closed. */
export async function openOver(server: Awaited<ReturnType<typeof startRedis>>, options: HouseOptions = {}) {
  const house = await openHouse({ redisUrl: server.url, ...options })
  return {
    ...house,
    server,
    async [Symbol.asyncDispose]() {
      await house[Symbol.asyncDispose]()
      await server.stop()
    },
  }
}
