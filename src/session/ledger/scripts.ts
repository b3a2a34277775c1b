/**
 * Writes the head of the tree, and the tiles that it fills, only if what is there is still what it was made from. Keys: the
 * head, and the tiles. Arguments: the beginning of the text that was there (empty: nothing was), the head, the tiles.
 * Returns whether it wrote.
 */
export const writeHead = `local before = redis.call('get', KEYS[1]) or ''
if string.sub(before, 1, 36) ~= ARGV[1] then return 0 end
redis.call('set', KEYS[1], ARGV[2])
for index = 2, #KEYS do redis.call('set', KEYS[index], ARGV[index + 1]) end
return 1`
