import { randomUUID } from 'node:crypto'
import type { Redis } from '../../../../src/session/redis/redis.ts'

/** Each command that docs/redis.md grants, in a form that does no harm to a key that is made for it. */
const commands = [
  ...['set k 1', 'get k', 'exists k', 'getrange k 0 0', 'incr k', 'incrby k 1', 'pttl k', 'pexpire k 9000', 'getdel k'],
  ...['zadd k 1 a', 'zcount k 0 1', 'zrange k 0 0', 'zrem k b', 'zremrangebyscore k 5 6', 'del k'],
  ...['xadd k * a 1', 'xrange k - +', 'xrevrange k + -', 'xtrim k maxlen 9', 'xinfo stream k', 'del k'],
  ...['hset k a 1', 'hmget k a', 'hdel k a', 'del k', 'time'],
].map(line => line.split(' '))

const tryAll = `local refused = {}
for _, words in ipairs(cjson.decode(ARGV[1])) do
  for at, word in ipairs(words) do if word == 'k' then words[at] = KEYS[1] end end
  local answer = redis.pcall(unpack(words))
  if type(answer) == 'table' and answer.err and (string.find(answer.err, 'NOPERM') or string.find(answer.err, 'can\\'t run this command') or string.find(answer.err, 'ACL')) then
    table.insert(refused, words[1])
  end
end
return refused`

/** The commands that the application needs and this user may not use. Leaves no key behind. */
export async function refusedCommands(redis: Pick<Redis, 'eval'>, prefix: string): Promise<readonly string[]> {
  const key = `${prefix}doctor:${randomUUID()}`
  const refused = (await redis.eval(tryAll, 1, key, JSON.stringify(commands)).catch(() => [])) as string[]
  return [...new Set(refused)]
}
