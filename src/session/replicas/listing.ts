import type { Redis } from '../redis/redis.ts'

/** A key of another type is replaced: nobody here wrote it. Any other error leaves the key as it is. */
const enterOne = `local entered = redis.pcall('zadd', KEYS[1], ARGV[1], ARGV[2])
if type(entered) == 'table' then
  if not string.find(tostring(entered.err), 'WRONGTYPE') then return entered end
  redis.call('del', KEYS[1])
  entered = redis.call('zadd', KEYS[1], ARGV[1], ARGV[2])
end
local before = tonumber(ARGV[3])
local time = redis.pcall('time')
if not time.err then before = math.min(before, tonumber(time[1]) * 1000 - tonumber(ARGV[5])) end
redis.call('zremrangebyscore', KEYS[1], '-inf', string.format('%.0f', before))
if redis.call('pttl', KEYS[1]) < tonumber(ARGV[4]) then redis.call('pexpire', KEYS[1], ARGV[4]) end
return entered`

/** A member is swept out only when it was over for this long: the clock of the replica that entered it may be behind. */
export const clockLeewayMs = 3_600_000

/**
 * Enters a member in a sorted set that several members share, scored with the instant at which the member is over; both
 * instants are in epoch ms. Sweeps out members that were over long ago, by our clock and by the clock of Redis: a clock
 * that is ahead removes nothing alone. A member never shortens the life of the set, which other members need. `keptMs`: so
 * long a member still counts for somebody, from now on and after it is over. Returns whether the member was not there before. Rejects with
 * the error of Redis as it is.
 */
export async function enter(
  redis: Redis,
  key: string,
  { member, over, now, keptMs = 0 }: { member: string; over: number; now: number; keptMs?: number },
): Promise<boolean> {
  const lifeMs = Math.max(1, keptMs, Math.ceil(over - now))
  const leewayMs = clockLeewayMs + keptMs
  const entered = await redis.eval(
    enterOne,
    1,
    key,
    String(over),
    member,
    String(now - leewayMs),
    String(lifeMs),
    String(leewayMs),
  )
  return entered === 1
}
