import { parseArgs } from 'node:util'
import { erasePerson } from './erasing-a-person.ts'
import { endWith, exits, openStores } from './opened-stores.ts'

const { values, positionals } = parseArgs({ allowPositionals: true, options: { 'dry-run': { type: 'boolean' } } })
const [person, ...more] = positionals
if (!person || more.length > 0)
  endWith(exits.usage, 'usage: npm run audit:erase -- [--dry-run] PERSON   (an object id, or a user name)')

const { stores } = await openStores(process.env)
try {
  const { lines, exitCode } = await erasePerson(stores.ledger, person, { isTrial: values['dry-run'] === true })
  console.log(lines.join('\n'))
  process.exitCode = exitCode
} catch {
  console.error('Redis did not answer. Nothing is lost by saying it again: what was begun is finished then.')
  process.exitCode = exits.unavailable
} finally {
  stores.close()
}
